import { answerEscalation, closeEscalation, takeEscalation } from '../../../../shared/client/scenarios.ts'
import { supabase } from '../../supabase.ts'
import { useChange } from '../use-change.ts'

/** What can be done with a conversation that a person is to take over. Each resolves whether it was done. */
export function useEscalationVerbs() {
  const { run, isBusy } = useChange()
  return {
    isBusy,
    take: (id: string) =>
      run(() => takeEscalation(supabase, id), 'It is yours: the agents keep silent until you close it.'),
    answer: (id: string, text: string) => run(() => answerEscalation(supabase, id, text), 'Your answer is sent.'),
    close: (id: string) => run(() => closeEscalation(supabase, id), 'Closed. The agents answer again.'),
  }
}
