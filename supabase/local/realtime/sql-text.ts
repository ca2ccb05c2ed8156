/** A text as an SQL literal, for a session with `standard_conforming_strings`. @throws on what no text can hold */
export function literal(text: string): string {
  if (text.includes('\0')) throw new RangeError('a text cannot hold the character NUL')
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
