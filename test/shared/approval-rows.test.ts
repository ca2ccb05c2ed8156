import { describe, expect, test } from 'vitest'
import { type Approval, approversOf, type Decider, isOpen, mayDecide } from '../../shared/client/approval-rows.ts'
import { anApproval } from './an-approval.ts'

const nobody: Decider = { userId: 'eve', isPlatformAdmin: false, memberOf: [], adminOf: [] }
const ada = { ...nobody, userId: 'ada', memberOf: ['acme'] }
const colleague = { ...nobody, userId: 'bob', memberOf: ['acme'] }
const admin = { ...colleague, userId: 'cleo', adminOf: ['acme'] }
const stranger = { ...nobody, memberOf: ['globex'], adminOf: ['globex'] }
const root = { ...nobody, userId: 'root', isPlatformAdmin: true }

describe('who may decide', () => {
  test.each([
    ['owner', {}, [ada, root]],
    ['owner', { enterprise_id: null }, [ada, root]],
    ['member', {}, [ada, colleague, admin, root]],
    ['member', { not_asker: true }, [colleague, admin, root]],
    ['admin', {}, [admin, root]],
    ['admin', { asker_id: 'root', not_asker: true }, [admin]],
    ['admin', { enterprise_id: null }, [root]],
  ] satisfies [Approval['decider'], Partial<Approval>, Decider[]][])('%s %o', (decider, more, allowed) => {
    const approval = anApproval({ decider, ...more })
    const all = [ada, colleague, admin, stranger, root]
    expect(all.filter(who => mayDecide(approval, who)).map(({ userId }) => userId)).toEqual(
      allowed.map(({ userId }) => userId),
    )
  })

  test('is not who has left the enterprise', () => {
    expect(mayDecide(anApproval({ decider: 'owner' }), { ...ada, memberOf: [] })).toBe(false)
  })
})

test('approvals before an edit were of something else', () => {
  const said = (id: number, user_id: string, edited_arguments: Approval['edited_arguments'] = null) => {
    const decided_at = '2026-11-21T10:00:00+00:00'
    return { id, user_id, decision: 'approve' as const, reason: null, edited_arguments, decided_at }
  }
  expect(approversOf(anApproval({ decisions: [said(1, 'ada'), said(2, 'bob'), said(3, 'ada')] }))).toEqual([
    'ada',
    'bob',
  ])
  const edited = anApproval({ decisions: [said(1, 'ada'), said(2, 'bob', { order_id: 'A-2' }), said(3, 'cleo')] })
  expect(approversOf(edited)).toEqual(['bob', 'cleo'])
})

test('what has expired is not open, though nobody has closed it yet', () => {
  const approval = anApproval({ expires_at: '2026-11-21T10:00:00+00:00' })
  expect(isOpen(approval, Date.parse('2026-11-21T09:59:59Z'))).toBe(true)
  expect(isOpen(approval, Date.parse('2026-11-21T10:00:00Z'))).toBe(false)
})
