import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import getPort, { portNumbers } from 'get-port'
import type { GatewayOptions } from '../../supabase/local/gateway.ts'
import { makeKeys } from '../../supabase/local/keys.ts'
import { type OwnProcess, startOwn } from './own-process.ts'
import { until } from './until.ts'

export type GatewayPlace = Pick<GatewayOptions, 'databaseUrl' | 'keys' | 'port'>

/** A gateway that is started again whenever it ends. */
export type SupervisedGateway = {
  url: string
  keys: GatewayPlace['keys']
  /** How often it ended by itself. */
  crashes: () => number
  kill: () => void
  end: () => Promise<void>
}

const ONLINE_MS = 15_000
const RETURN_MS = 200

/** @param folder where its log goes. @throws when it does not come up */
export async function superviseGateway(databaseUrl: string, folder: string): Promise<SupervisedGateway> {
  const place = { databaseUrl, keys: await makeKeys(), port: await getPort({ port: portNumbers(30_001, 32_000) }) }
  const ending = new AbortController()
  let current: OwnProcess | undefined
  let crashes = 0
  const running = (async () => {
    while (!ending.signal.aborted) {
      current = startOwn('gateway-process.ts', place, join(folder, 'gateway.log'))
      if ((await current.exit) !== 'SIGKILL') crashes += 1
      await pause(RETURN_MS)
    }
  })()
  const end = async () => {
    ending.abort()
    current?.child.kill('SIGKILL')
    await running
  }
  if (!(await until(() => answers(place.port), ONLINE_MS, ending.signal))) {
    await end()
    throw new Error(`The gateway does not come up. Log: ${folder}/gateway.log`)
  }
  return {
    url: `http://127.0.0.1:${place.port}`,
    keys: place.keys,
    crashes: () => crashes,
    kill: () => void current?.child.kill('SIGKILL'),
    end,
  }
}

function answers(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(port, '127.0.0.1')
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}
