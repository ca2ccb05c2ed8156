// The one door behind every `npm run`: brings the project's own Node and packages, then runs the command with them.
// Written for any Node since 14.18 and without packages, since at first there are none.

const { spawn, spawnSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

const VITEST = 'node_modules/vitest/vitest.mjs'

// Each command is a list of programs, run in turn until one fails. Further arguments go to the last.
const COMMANDS = {
  start: [['supabase/local/start.ts']],
  reset: [['supabase/local/reset.ts']],
  worker: [['worker/main.ts']],
  status: [['worker/status.ts']],
  'check:connection': [['worker/check-connection.ts']],
  'import:portfolio': [['worker/pipelines/portfolio-analysis/import.ts']],
  'mcp:todos': [['worker/http/mcp/stdio.ts']],
  types: [['supabase/local/types.ts']],
  test: [[VITEST, 'run']],
  'bench:latency': [['test/bench/latency.ts']],
  'bench:queue': [['test/bench/queue/main.ts']],
  'bench:streams': [['test/bench/streams/main.ts']],
  'bench:chats': [['test/bench/chats/main.ts']],
  chaos: [['test/chaos/main.ts']],
  'chaos:agents': [[VITEST, 'run', '--mode', 'every-point', 'test/chaos/agents']],
  check: [
    ['node_modules/@biomejs/biome/bin/biome', 'check'],
    ['node_modules/typescript/bin/tsc', '--noEmit'],
    ['node_modules/knip/bin/knip.js'],
    ['supabase/local/advise.ts'],
    [VITEST, 'run', 'test/house.test.ts'],
  ],
}

// These work on what `npm start` runs, unless the caller or `.env` names another project.
const BESIDE_START = ['worker', 'status', 'check:connection', 'import:portfolio', 'mcp:todos']

main(process.argv[2], process.argv.slice(3))

async function main(name, extra) {
  const programs = COMMANDS[name]
  if (!programs) fail(`Unknown command "${name}". There are: ${Object.keys(COMMANDS).join(', ')}`)
  process.chdir(__dirname)
  if (!isInstalled()) install()
  const node = findNode()
  const isBeside = BESIDE_START.includes(name)
  const flags = isBeside && fs.existsSync('.env') ? ['--env-file=.env'] : []
  const env = Object.assign(isBeside ? stackSettings() : {}, process.env)
  for (let i = 0; i < programs.length; i++) {
    const last = i === programs.length - 1
    const code = await run(node, flags.concat(programs[i], last ? extra : []), env)
    if (code !== 0) return process.exit(code)
  }
}

/** Compares what npm says it installed with the lockfile; an interrupted install leaves no such list. */
function isInstalled() {
  const wanted = readPackages('package-lock.json')
  const present = readPackages('node_modules/.package-lock.json')
  return Object.keys(wanted).every(name => {
    if (name === '' || (!present[name] && wanted[name].optional)) return true
    return Boolean(present[name]) && present[name].version === wanted[name].version
  })
}

function readPackages(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).packages : {}
}

function install() {
  process.stdout.write('Installing what Liverow needs (first start, about 30 s) …\n')
  // Not `npm ci`: it refuses a lockfile that was written behind a registry without the builds for other systems.
  // No install scripts: nothing here needs one, and npm's versions differ in which they run.
  const flags = ['--no-save', '--include=dev', '--include=optional', '--ignore-scripts']
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return npm(['npm'], flags)
  borrowNpm(command => npm(command, flags))
}

/** An older Node would leave out builds that do not suit it, so our own is fetched ahead and runs the install. */
function borrowNpm(use) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'liverow-npm-'))
  const builds = JSON.parse(fs.readFileSync('package.json', 'utf8')).optionalDependencies
  const system = `${onWindows() ? 'win' : process.platform}-${process.arch}`
  const build = Object.keys(builds).find(name => name.endsWith(system))
  if (!build) fail(`Liverow brings no Node.js for ${system}. Install version 24 or later.`)
  npm(['npm'], ['--prefix', folder, '--no-package-lock', `${build}@${builds[build]}`, 'npm@11'])
  const modules = path.join(folder, 'node_modules')
  use([path.join(modules, build, 'bin', 'node'), path.join(modules, 'npm', 'bin', 'npm-cli.js')])
  fs.rmSync(folder, { recursive: true })
}

function npm(command, flags) {
  const args = command.slice(1).concat('install', flags, '--no-audit', '--no-fund', '--loglevel=error')
  const result = spawnSync(command[0], args, { encoding: 'utf8', shell: onWindows() })
  if (result.status === 0) return
  fail(`npm could not install the packages:\n${[result.stdout, result.stderr, result.error].join('\n')}`)
}

/** The node_modules/.bin/node that came with the packages, or the caller's when it is young enough. */
function findNode() {
  const own = path.resolve(`node_modules/.bin/node${onWindows() ? '.cmd' : ''}`)
  if (spawnSync(own, ['--version'], { shell: onWindows() }).status === 0) return own
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return fail(`Liverow brings no Node.js for this machine and needs version 24 or later; yours is ${process.version}.`)
}

/** What a worker needs to know to join the running stack. */
function stackSettings() {
  const isNamed = fs.existsSync('.env') && /^\s*SUPABASE_URL\s*=\s*\S/m.test(fs.readFileSync('.env', 'utf8'))
  const file = path.join(process.env.LIVEROW_DATA || '.liverow', 'stack.json')
  if (isNamed || process.env.SUPABASE_URL || !fs.existsSync(file)) return {}
  return JSON.parse(fs.readFileSync(file, 'utf8')).env
}

function run(node, args, env) {
  const bin = path.resolve('node_modules/.bin')
  Object.assign(env, { PATH: bin + path.delimiter + process.env.PATH })
  const child = spawn(node, args, { stdio: 'inherit', env, shell: onWindows() })
  const stopForwarding = forwardSignals(child)
  return new Promise(resolve => {
    child.on('error', error => {
      fail(String(error))
    })
    child.on('exit', (code, signal) => {
      stopForwarding()
      resolve(signal ? 128 + os.constants.signals[signal] : code)
    })
  })
}

/** Passes signals on, until the function that it returns is called. */
function forwardSignals(child) {
  // Ctrl-C in a terminal reaches the child by itself; a second SIGINT from here would mean "at once".
  const forward = signal => {
    if (!(signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)
  // A signal sent to npm alone ends the shell between npm and us, which tells nobody.
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM')
  }, 500)
  return () => {
    clearInterval(watch)
    for (const signal of signals) process.removeListener(signal, forward)
  }
}

function onWindows() {
  return process.platform === 'win32'
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  return process.exit(1)
}
