import { IconHandoff, IconPerson } from '../../icons.ts'

/** A change of who answers, and why. */
export function DecisionLine({ text, reason, isPerson }: { text: string; reason?: string; isPerson?: boolean }) {
  const Icon = isPerson ? IconPerson : IconHandoff
  return (
    <div className="chat-decision">
      <Icon size={14} aria-hidden />
      <span>
        {text}
        {reason && ` – ${reason}`}
      </span>
    </div>
  )
}
