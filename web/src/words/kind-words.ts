const names: Record<string, string> = {
  'portfolio-analysis': 'Portfolio analysis',
  'course-generation': 'Course',
  'course-module': 'A module of a course, again',
  'todo-chat': 'Todo chat',
  scenario: 'Scenario',
  'scenario-orchestration': 'Choice of an agent',
}

/** A kind of task by a name that people use; one that has none by its own. */
export function kindName(kind: string): string {
  return names[kind] ?? kind
}
