import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Begins with the files of chaos. Where no run before has told how long files take, the runner goes by their size; these
 * say in few lines what takes a minute, so they came last, when there was nothing left for the other processes.
 */
export class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isChaos = ({ moduleId }: TestSpecification) => moduleId.includes('/test/chaos/')
    return [...sorted.filter(isChaos), ...sorted.filter(file => !isChaos(file))]
  }
}
