import type postgres from 'postgres'
import { addEnterprise, addMember } from '../../../sql/arrange.ts'
import { only } from '../../../sql/only.ts'

/** Levels of skills: what the employee has, what the position needs, and how important it is. */
type Levels = Record<string, [has: number, needs: number, importance: number]>

/** An enterprise with an admin who asks for courses. */
export async function addCompany(sql: postgres.Sql, name: string): Promise<{ enterprise: string; admin: string }> {
  const enterprise = await addEnterprise(sql, name)
  const admin = await addMember(sql, enterprise, `admin@${name.toLowerCase()}.test`, 'admin')
  return { enterprise, admin }
}

/** Somebody in a position of their own, with these skills. */
export async function addEmployee(
  sql: postgres.Sql,
  enterprise: string,
  fullName: string,
  levels: Levels,
  profile: { notes?: string; hours_per_week?: number } = {},
): Promise<string> {
  const [position] = await sql`insert into public.positions (enterprise_id, title, department, level)
    values (${enterprise}, ${`Position of ${fullName}`}, 'Data', 'mid') returning id`
  const [employee] = await sql`insert into public.employees (enterprise_id, position_id, full_name, joined_on)
    values (${enterprise}, ${only(position).id}, ${fullName}, '2024-03-01') returning id`
  await sql`insert into public.employee_profiles ${sql({ employee_id: only(employee).id, ...profile })}`
  for (const [skill, [has, needs, importance]] of Object.entries(levels)) {
    const [row] = await sql`insert into public.skills (enterprise_id, name) values (${enterprise}, ${skill})
      on conflict (enterprise_id, name) do update set name = excluded.name returning id`
    await sql`insert into public.employee_skills values (${only(employee).id}, ${only(row).id}, ${has})`
    await sql`insert into public.position_skills values (${enterprise}, ${only(position).id}, ${only(row).id}, ${needs}, ${importance})`
  }
  return only(employee).id
}
