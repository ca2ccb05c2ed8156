import { Button, Group, List, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { PlannedModule } from '../../../../shared/courses.ts'
import { type Course, useModuleText } from '../../hooks/courses/use-course.ts'
import { useLightPrint } from '../../hooks/use-light-print.ts'
import { IconPrint } from '../../icons.ts'
import { hoursName, moduleFacts, weeksName } from '../../words/course-words.ts'
import { DemoSourcesNote } from './demo-sources-note.tsx'
import { ModuleText } from './module-text.tsx'
import { PageTitle } from './page-title.tsx'
import { SourceList } from './source-list.tsx'

/** A course on one page, as it is printed: the newest version of each module, then all sources. */
export function WholeCourse({ course }: { course: Course }) {
  const { plan, sources } = course
  const { modules } = plan.course_structure
  useLightPrint()
  return (
    <Stack gap="xl" className="module whole-course">
      <header>
        <Group justify="space-between" align="flex-start" gap="sm">
          <PageTitle>{plan.course_title}</PageTitle>
          <Button
            className="no-print"
            size="xs"
            variant="default"
            leftSection={<IconPrint size={14} />}
            onClick={() => window.print()}
          >
            Print
          </Button>
        </Group>
        <Text c="dimmed">
          For {plan.employee_name} · {weeksName(plan.course_duration_weeks)}
        </Text>
        {plan.summary && <Text mt="md">{plan.summary}</Text>}
        <DemoSourcesNote sources={sources} />
        <Title order={2} fz="md" mt="lg" mb={4}>
          Learning path
        </Title>
        <List size="sm">
          {plan.learning_path.map(({ week, modules: numbers, hours }) => (
            <List.Item key={week}>
              Week {week} ({hoursName(hours)}): {numbers.map(number => titleOf(modules, number)).join('; ')}
            </List.Item>
          ))}
        </List>
      </header>
      {modules.map(module => (
        <WholeModule key={module.number} module={module} course={course} />
      ))}
      {sources.length > 0 && (
        <section aria-label="Sources">
          <Title order={2} fz="lg" mb="sm">
            Sources
          </Title>
          <SourceList sources={sources} idOf={idOf} />
        </section>
      )}
    </Stack>
  )
}

function WholeModule({ module, course }: { module: PlannedModule; course: Course }) {
  const { number, title, objectives } = module
  const content = course.contents.find(({ module_number }) => module_number === number)
  const { data: text, isPending } = useModuleText(content?.content_id)
  return (
    <section aria-label={`Module ${number}`} className="whole-module">
      <Title order={2} fz={22} lts="-0.01em">
        {number}. {title}
      </Title>
      <Text size="sm" c="dimmed">
        {moduleFacts(module)}
      </Text>
      <List size="sm" mt="xs" mb="md" spacing={2}>
        {objectives.map(objective => (
          <List.Item key={objective}>{objective}</List.Item>
        ))}
      </List>
      {text && <ModuleText text={text} sources={course.sources} idOf={idOf} isPart />}
      {content && isPending && <Skeleton h={200} />}
      {!content && <Text c="dimmed">This module is not written.</Text>}
    </section>
  )
}

function titleOf(modules: readonly PlannedModule[], number: number): string {
  return modules.find(module => module.number === number)?.title ?? `module ${number}`
}

function idOf(number: number): string {
  return `source-${number}`
}
