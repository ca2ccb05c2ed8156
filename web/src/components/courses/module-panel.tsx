import { Group, List, Select, Skeleton, Stack, Text } from '@mantine/core'
import type { PlannedModule } from '../../../../shared/courses.ts'
import { type Content, type Course, useModuleText } from '../../hooks/courses/use-course.ts'
import { courseAddress, useCoursesPlace } from '../../hooks/courses/use-course-address.ts'
import { isUnderWay, type LiveCourse, moduleState } from '../../hooks/courses/use-live-course.ts'
import { goTo } from '../../hooks/use-address.ts'
import { moduleFacts } from '../../words/course-words.ts'
import { counted } from '../../words/number-words.ts'
import { momentToTheSecond } from '../../words/time-words.ts'
import { ErrorNote } from '../error-note.tsx'
import { Section } from '../section.tsx'
import { ModuleMark } from './module-mark.tsx'
import { ModuleRewrite } from './module-rewrite.tsx'
import { ModuleSteps } from './module-steps.tsx'
import { ModuleText } from './module-text.tsx'
import { PageTitle } from './page-title.tsx'
import { SourceList } from './source-list.tsx'

type Props = { courseId: string; live: LiveCourse; course: Course; module: PlannedModule }

/** One module to read, in its newest version or the one that the address names. */
export function ModulePanel({ courseId, live, course, module }: Props) {
  const { number, title, objectives } = module
  const { version } = useCoursesPlace()
  const versions = course.contents.filter(({ module_number }) => module_number === number)
  const content = versions.find(content => content.version === version) ?? versions[0]
  const state = moduleState(live, number)
  const canWrite = !isUnderWay(live.agentTask.currentTask?.status)
  const steps = <ModuleSteps courseId={courseId} plan={course.plan} number={number} />
  return (
    <Stack gap="lg" className="module">
      {steps}
      <header>
        <Text size="sm" c="dimmed">
          Module {number} of {course.plan.course_structure.modules.length}
        </Text>
        <Group justify="space-between" align="flex-start" gap="sm">
          <PageTitle>{title}</PageTitle>
          {state !== 'written' && <ModuleMark state={state} />}
        </Group>
        <Text size="sm" c="dimmed" mt={2}>
          {moduleFacts(module)}
        </Text>
        <List size="sm" mt="sm" spacing={2}>
          {objectives.map(objective => (
            <List.Item key={objective}>{objective}</List.Item>
          ))}
        </List>
      </header>
      {versions.length > 1 && content && <Versions courseId={courseId} versions={versions} shown={content} />}
      <ModuleRewrite
        course={course}
        module={module}
        newest={versions[0]}
        canWrite={canWrite}
        onWritten={() => goTo(courseAddress(courseId, { module: number }), { replace: true })}
      >
        {content ? (
          <WrittenText content={content} course={course} />
        ) : state === 'writing' ? (
          <ModuleText text={live.writing.get(number) ?? ''} sources={course.sources} idOf={idOf} isGrowing />
        ) : (
          <Text c="dimmed">
            {state === 'planned' ? 'This module is planned and will be written soon.' : 'This module was not written.'}
          </Text>
        )}
      </ModuleRewrite>
      {steps}
    </Stack>
  )
}

function Versions({ courseId, versions, shown }: { courseId: string; versions: Content[]; shown: Content }) {
  const now = Date.now()
  return (
    <Select
      label="Version"
      maw={300}
      className="no-print"
      allowDeselect={false}
      data={versions.map(({ version, created_at }, index) => ({
        value: String(version),
        label: `${version}${index === 0 ? ' (newest)' : ''} · ${momentToTheSecond(created_at, now)}`,
      }))}
      value={String(shown.version)}
      onChange={value => goTo(courseAddress(courseId, { module: shown.module_number, version: Number(value) }))}
    />
  )
}

function WrittenText({ content, course }: { content: Content; course: Course }) {
  const { data: text, error } = useModuleText(content.content_id)
  const sources = course.sources.filter(({ number }) => content.sources.includes(number))
  if (error && !text) return <ErrorNote error={error} title="The module cannot be read" />
  if (!text) return <Skeleton h={260} aria-label="Loading the module" />
  return (
    <Stack gap="lg">
      <ModuleText text={text} sources={sources} idOf={idOf} />
      {sources.length > 0 && (
        <Section
          title="Sources"
          about={`${counted(content.word_count, 'word')} on ${counted(sources.length, 'source')}`}
        >
          <SourceList sources={sources} idOf={idOf} />
        </Section>
      )}
    </Stack>
  )
}

function idOf(number: number): string {
  return `source-${number}`
}
