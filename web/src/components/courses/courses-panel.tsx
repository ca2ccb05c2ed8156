import './courses.css'
import '../../print.css'
import { useEffect } from 'react'
import { courseAddress, useCoursesPlace } from '../../hooks/courses/use-course-address.ts'
import { goTo } from '../../hooks/use-address.ts'
import { useTaskId } from '../../hooks/use-task-id.ts'
import { CoursePanel } from './course-panel.tsx'
import { EmployeeList } from './employee-list.tsx'
import { EmployeePanel } from './employee-panel.tsx'

/** The courses: all employees, one of them, or one course, as the address says. */
export function CoursesPanel() {
  const { courseId, employeeId } = useCoursesPlace()
  const taskId = useTaskId()
  // A course may be opened as the task that it is, from the history.
  useEffect(() => {
    if (taskId) goTo(courseAddress(taskId), { replace: true })
  }, [taskId])
  if (taskId) return null
  if (courseId) return <CoursePanel key={courseId} courseId={courseId} />
  if (employeeId) return <EmployeePanel key={employeeId} employeeId={employeeId} />
  return <EmployeeList />
}
