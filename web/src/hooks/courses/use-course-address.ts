import { z } from 'zod'
import { addressOf, useAddress } from '../use-address.ts'

const guid = z.guid()
const number = z.coerce.number().int().min(1)

/** What the address names of the courses; an id may name nothing, or what the user may not see. */
export type CoursesPlace = {
  employeeId: string | null
  /** A course by its plan or by the task that makes it. */
  courseId: string | null
  module: number | null
  /** An older version of the module; null for the newest. */
  version: number | null
  /** The whole course on one page. */
  isWhole: boolean
}

/** Where among the courses the address leads. */
export function useCoursesPlace(): CoursesPlace {
  const address = useAddress()
  return {
    employeeId: guid.safeParse(address.get('employee')).data ?? null,
    courseId: guid.safeParse(address.get('course')).data ?? null,
    module: number.safeParse(address.get('module') ?? undefined).data ?? null,
    version: number.safeParse(address.get('version') ?? undefined).data ?? null,
    isWhole: address.get('view') === 'whole',
  }
}

/** The address of the list of employees. */
export function employeesAddress(): string {
  return addressOf({ page: 'courses' })
}

/** The address of an employee. */
export function employeeAddress(employeeId: string): string {
  return addressOf({ page: 'courses', employee: employeeId })
}

/** The address of a course, or of one of its modules. */
export function courseAddress(
  courseId: string,
  place: { module?: number; version?: number; isWhole?: boolean } = {},
): string {
  const { module, version, isWhole } = place
  return addressOf({
    page: 'courses',
    course: courseId,
    module: module?.toString(),
    version: version?.toString(),
    view: isWhole ? 'whole' : null,
  })
}
