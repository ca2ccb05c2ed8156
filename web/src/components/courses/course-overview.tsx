import { List, Stack, Text } from '@mantine/core'
import type { Course } from '../../hooks/courses/use-course.ts'
import type { LiveCourse } from '../../hooks/courses/use-live-course.ts'
import { counted } from '../../words/number-words.ts'
import { Section } from '../section.tsx'
import { GapTable } from './gap-table.tsx'
import { LearningPath } from './learning-path.tsx'
import { Outline } from './outline.tsx'
import { SourceList } from './source-list.tsx'

/** What a course consists of and what it was made from. */
export function CourseOverview({ courseId, live, course }: { courseId: string; live: LiveCourse; course: Course }) {
  const { plan, sources, research } = course
  return (
    <>
      <div className="course-columns">
        <Stack gap="lg">
          <Section title="Modules">
            <Outline courseId={courseId} live={live} course={course} />
          </Section>
        </Stack>
        <Stack gap="lg">
          <Section title="Learning path">
            <LearningPath courseId={courseId} plan={plan} />
          </Section>
          <Section title="Gaps when it was planned">
            <GapTable gaps={plan.prioritized_gaps} />
          </Section>
          {plan.planning_metadata && <Planning metadata={plan.planning_metadata} />}
          {research && (research.summary || research.openQuestions.length > 0) && (
            <Section title="What the research says of itself">
              <div className="surface facts">
                {research.summary && <Text size="sm">{research.summary}</Text>}
                <Points title="Still open" points={research.openQuestions} />
              </div>
            </Section>
          )}
        </Stack>
      </div>
      {sources.length > 0 && (
        <Section title="Sources" about={`${counted(sources.length, 'page')} that the searches brought.`}>
          <div className="surface facts source-columns">
            <SourceList sources={sources} />
          </div>
        </Section>
      )}
    </>
  )
}

function Planning({ metadata }: { metadata: NonNullable<Course['plan']['planning_metadata']> }) {
  const { rationale, assumptions, left_out } = metadata
  return (
    <Section title="Why it is planned so">
      <div className="surface facts">
        {rationale && <Text size="sm">{rationale}</Text>}
        <Points title="Taken for granted" points={assumptions} />
        <Points title="Left out" points={left_out} />
      </div>
    </Section>
  )
}

function Points({ title, points }: { title: string; points: readonly string[] }) {
  if (points.length === 0) return null
  return (
    <>
      <Text size="xs" c="dimmed" mt="sm" mb={4}>
        {title}
      </Text>
      <List size="sm" spacing={4}>
        {points.map(point => (
          <List.Item key={point}>{point}</List.Item>
        ))}
      </List>
    </>
  )
}
