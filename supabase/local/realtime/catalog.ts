import type { Sql } from 'postgres'

/** A column as the catalog describes it at this moment. */
export type Column = {
  name: string
  /** Name in `pg_type`; arrays begin with an underscore. */
  type: string
  /** The type as SQL writes it, fit for a cast. */
  cast: string
  isKey: boolean
  /** Roles, of those asked for, that may select it. */
  roles: string[]
}

/** A table with its columns in their order. */
export type Table = {
  oid: number
  schema: string
  name: string
  hasRls: boolean
  columns: Column[]
}

/** Describes a table, without any cache since tables change under a developer's hands; undefined when it is gone. */
export async function describeTable(sql: Sql, oid: number, roles: string[]): Promise<Table | undefined> {
  const [table] = await sql<Table[]>`
    select c.oid::int8::float8 as oid, n.nspname as schema, c.relname as name, c.relrowsecurity as "hasRls", (
      select coalesce(jsonb_agg(jsonb_build_object(
        'name', a.attname,
        'type', t.typname,
        'cast', format_type(a.atttypid, a.atttypmod),
        'isKey', coalesce(a.attnum = any (k.conkey), false),
        'roles', (
          select coalesce(jsonb_agg(r.rolname), '[]')
          from pg_roles r
          join jsonb_array_elements_text(${JSON.stringify(roles)}::text::jsonb) as asked on asked = r.rolname
          where has_column_privilege(r.oid, c.oid, a.attnum, 'select')
        )
      ) order by a.attnum), '[]')
      from pg_attribute a
      join pg_type t on t.oid = a.atttypid
      left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated <> 'v'
    ) as columns
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.oid = ${oid}::int8::oid
  `
  return table
}

/** A table of the publication `supabase_realtime`. */
type Published = { oid: number; schema: string; name: string }

/** The published tables that a subscription names; `*` stands for all. */
export async function publishedTables(sql: Sql, schema: string, table: string): Promise<Published[]> {
  return sql<Published[]>`
    select c.oid::int8::float8 as oid, p.schemaname as schema, p.tablename as name
    from pg_publication_tables p
    join pg_namespace n on n.nspname = p.schemaname
    join pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
    where p.pubname = 'supabase_realtime'
      and (${schema}::text = '*' or p.schemaname = ${schema}::text)
      and (${table}::text = '*' or p.tablename = ${table}::text)
  `
}

/** Names the tables whose publication leaves out columns or rows: hosted ignores that, so local must not rely on it. */
export async function partlyPublished(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select prrelid::regclass::text as name
    from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
    where p.pubname = 'supabase_realtime' and (r.prqual is not null or r.prattrs is not null)
  `
  return rows.map(row => row.name)
}
