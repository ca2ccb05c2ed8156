/** Data for an agent, in tags that nothing within can close: what strangers have written stays data. */
export function tagged(tag: string, data: unknown): string {
  return `<${tag}>\n${JSON.stringify(data).replaceAll('<', '\\u003c')}\n</${tag}>`
}
