import fc from 'fast-check'
import { z } from 'zod'

/** As much of JSON Schema as our OpenAPI document uses. */
export type Schema = {
  $ref?: string
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  pattern?: string
  format?: string
  minLength?: number
  maxLength?: number
  maxItems?: number
  minimum?: number
  maximum?: number
}
export type Components = Record<string, Schema>

const PREFIX = '#/components/schemas/'

/** Values that fit a schema; `known` are such as are there, by the name of their property. */
export function valuesOf(
  given: Schema,
  components: Components,
  known: Record<string, unknown[]>,
): fc.Arbitrary<unknown> {
  const inner = (schema: Schema) => valuesOf(schema, components, known)
  const schema = resolved(given, components)
  // A definition that refers to itself is any JSON.
  if (schema.anyOf?.some(each => each.items?.$ref || each.additionalProperties)) return fc.jsonValue({ maxDepth: 2 })
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(inner))
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.const !== undefined) return fc.constant(schema.const)
  switch (schema.type) {
    case 'object':
      return objectsOf(schema, inner, known)
    case 'array':
      return fc.array(inner(schema.items ?? {}), { maxLength: Math.min(schema.maxItems ?? 3, 3) })
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1e6, 1e6) })
    case 'number':
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'string':
      return textsOf(schema)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function textsOf({ format, pattern, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid()
  if (pattern) return fc.stringMatching(new RegExp(pattern)).filter(text => text.length <= maxLength)
  return fc.string({ minLength, maxLength: Math.min(maxLength, 60), unit: 'binary' })
}

function objectsOf(
  { properties = {}, required = [], additionalProperties }: Schema,
  inner: (schema: Schema) => fc.Arbitrary<unknown>,
  known: Record<string, unknown[]>,
): fc.Arbitrary<unknown> {
  const names = Object.keys(properties)
  if (names.length === 0 && typeof additionalProperties === 'object') {
    return fc.dictionary(fc.string({ maxLength: 10 }), inner(additionalProperties), { maxKeys: 3 })
  }
  const values = names.map(name => {
    const made = inner(properties[name] ?? {})
    return [
      name,
      known[name] ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known[name]) }, made) : made,
    ] as const
  })
  return fc.record(Object.fromEntries(values), { requiredKeys: required as never[] })
}

function resolved(schema: Schema, components: Components): Schema {
  return schema.$ref ? resolved(components[schema.$ref.slice(PREFIX.length)] ?? {}, components) : schema
}

/** Tells what is wrong with a value, or undefined. */
export function wrongWith(value: unknown, schema: Schema, components: Components): string | undefined {
  const whole = JSON.parse(JSON.stringify({ ...schema, $defs: components }).replaceAll(PREFIX, '#/$defs/'))
  const { error } = z.fromJSONSchema(whole).safeParse(value)
  return error && z.prettifyError(error)
}

/** The same with one required property of the wrong type, or without it; or with one that is unknown. */
export function spoilt(given: Schema, components: Components, value: object): fc.Arbitrary<object> {
  const { required = [], additionalProperties } = resolved(given, components)
  const ways = required.flatMap(name => {
    const { [name as never]: _gone, ...rest } = value as Record<string, unknown>
    return [rest, { ...rest, [name]: 7 }]
  })
  if (additionalProperties === false) ways.push({ ...value, unheard_of: 1 })
  return fc.constantFrom(...ways)
}
