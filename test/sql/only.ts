/** The one row that must be there. */
export function only<T>(row: T | undefined): T {
  if (row === undefined) throw new Error('A row was expected, and none is there.')
  return row
}
