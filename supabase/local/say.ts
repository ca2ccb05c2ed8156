/** Prints a line for the person at the terminal; everything that `npm start` says goes through here. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
