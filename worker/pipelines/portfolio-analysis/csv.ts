/** One line of a file of positions. The symbol CASH is money: its quantity is the amount. */
export type PositionRow = {
  account: string
  symbol: string
  quantity: number
  name?: string
  kind?: string
  price?: number
}

const REQUIRED = ['account', 'symbol', 'quantity']
const COLUMNS = [...REQUIRED, 'name', 'kind', 'price']
const KINDS = ['etf', 'fund', 'stock', 'bond', 'commodity', 'other']
const MOST_LINES = 2_000

/** A file that cannot be taken over; the message names each line and what is wrong with it. */
export class CsvError extends Error {
  override name = 'CsvError'
  readonly problems: string[]

  constructor(problems: string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/**
 * Reads positions from CSV text (RFC 4180; commas or semicolons) with the columns account, symbol, quantity and, if
 * known, name, kind and price.
 *
 * @throws CsvError with every wrong line, by its number in the file.
 */
export function readPositions(text: string): PositionRow[] {
  const [head, ...records] = recordsOf(text.replace(/^\uFEFF/, ''))
  if (!head) throw new CsvError(['line 1: The file is empty: it needs a head line such as account,symbol,quantity.'])
  const columns = head.cells.map(cell => cell.trim().toLowerCase())
  const problems = problemsOfHead(columns)
  if (records.length === 0) problems.push(`line ${head.line}: There are no positions below the head line.`)
  if (records.length > MOST_LINES) problems.push(`line ${head.line}: A file may have ${MOST_LINES} positions.`)
  if (problems.length > 0) throw new CsvError(problems)
  const rows = records.map(record => ({ line: record.line, ...read(record, columns) }))
  const wrong = rows.flatMap(({ line, problems }) => problems.map(problem => `line ${line}: ${problem}`))
  if (wrong.length > 0) throw new CsvError(wrong)
  return rows.map(({ row }) => row)
}

function problemsOfHead(columns: string[]): string[] {
  const missing = REQUIRED.filter(name => !columns.includes(name)).map(name => `The column "${name}" is missing.`)
  const unknown = columns.filter(name => !COLUMNS.includes(name))
  const twice = columns.filter((name, index) => columns.indexOf(name) !== index)
  return [
    ...missing,
    ...unknown.map(name => `There is no column "${name}"; there may be: ${COLUMNS.join(', ')}.`),
    ...twice.map(name => `The column "${name}" stands there twice.`),
  ].map(problem => `line 1: ${problem}`)
}

type CsvRecord = { line: number; cells: string[]; isOpen: boolean }

function read({ cells, isOpen }: CsvRecord, columns: string[]): { row: PositionRow; problems: string[] } {
  const cell = (name: string) => cells[columns.indexOf(name)]?.trim() ?? ''
  const [account, symbol, name] = [cell('account'), cell('symbol').toUpperCase(), cell('name')]
  const [quantity, price, kind] = [Number(cell('quantity')), Number(cell('price')), cell('kind').toLowerCase()]
  const problems = [
    ...(isOpen ? ['A quotation mark is not closed.'] : []),
    ...(cells.length === columns.length ? [] : [`It has ${cells.length} cells instead of ${columns.length}.`]),
    ...(account && account.length <= 100 ? [] : ['The account is missing or longer than 100 characters.']),
    ...(/^[A-Z0-9][A-Z0-9.:-]{0,19}$/.test(symbol) ? [] : [`"${symbol}" is no symbol.`]),
    ...(cell('quantity') && quantity > 0 && quantity < 1e12
      ? []
      : [`The quantity "${cell('quantity')}" is no number above 0.`]),
    ...(price >= 0 && price < 1e12 ? [] : [`The price "${cell('price')}" is no number of 0 or more.`]),
    ...(name.length <= 200 ? [] : ['The name is longer than 200 characters.']),
    ...(kind === '' || KINDS.includes(kind) ? [] : [`"${kind}" is no kind; there are: ${KINDS.join(', ')}.`]),
  ]
  const row = {
    account,
    symbol,
    quantity,
    ...(name && { name }),
    ...(kind && { kind }),
    ...(cell('price') && { price }),
  }
  return { row, problems }
}

/** Cells may be quoted and then hold commas, line breaks and doubled quotation marks; empty lines are left out. */
function recordsOf(text: string): CsvRecord[] {
  const comma = /^[^\n]*;/.test(text) ? ';' : ','
  const records: CsvRecord[] = []
  let record: CsvRecord = { line: 1, cells: [''], isOpen: false }
  let line = 1
  const end = () => {
    if (record.cells.some(cell => cell.trim())) records.push(record)
    record = { line, cells: [''], isOpen: false }
  }
  const add = (part: string) => {
    record.cells[record.cells.length - 1] += part
  }
  for (const part of text.match(/"(?:[^"]|"")*"?|\r?\n|[,;]|[^",;\r\n]+|\r/g) ?? []) {
    line += part.split('\n').length - 1
    if (part.startsWith('"')) {
      record.isOpen ||= part.replaceAll(/[^"]/g, '').length % 2 === 1
      add(part.slice(1, record.isOpen ? undefined : -1).replaceAll('""', '"'))
    } else if (part.endsWith('\n')) end()
    else if (part === comma) record.cells.push('')
    else add(part)
  }
  end()
  return records
}
