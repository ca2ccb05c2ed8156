import { existsSync, openSync, readFileSync, writeSync } from 'node:fs'

/** What a worker process did and what it was told, in its own words. `at` and `sentAt` are ms since 1970. */
export type Note = { at: number } & (
  | { event: 'online'; worker: string }
  | { event: 'claimed'; sentAt: number; leases: ClaimedLease[] }
  /** Of a beat that was answered: the leases that it prolonged. */
  | { event: 'beaten'; sentAt: number; kept: string[] }
  /** Before the call: what this process asks for may come to pass without an answer. */
  | { event: 'settling'; leases: string[]; outcomes: string[] }
  | { event: 'settled'; answers: { lease: string; status: string }[] }
  /** A finished step that the database took, so that it may never be lost again. */
  | { event: 'stepped'; task: string; life: number; key: string }
  /** How the whole attempt ended in the eyes of the worker. */
  | { event: 'fate'; lease: string; status: string }
  | { event: 'heard' }
  | { event: 'refused'; call: string; reason: string }
)
type ClaimedLease = { task: string; lease: string; life: number; attempt: number }

/** Leaves the process before the next instruction is run, so that not even SIGKILL takes a note back. */
export function createNotebook(file: string): (note: WithoutTime<Note>) => void {
  const fd = openSync(file, 'a')
  return note => void writeSync(fd, `${JSON.stringify({ at: Date.now(), ...note })}\n`)
}

/** A process that was killed in the middle of a line has not said it. */
export function readNotes(file: string): Note[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.slice(0, -1).map(line => JSON.parse(line) as Note)
}

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never
