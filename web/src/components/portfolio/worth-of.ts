import type { Account, Position } from '../../hooks/portfolio/use-portfolio.ts'

/** What a position is worth; nothing while no price is known. */
export function worthOf({ quantity, instrument: { price } }: Position): number {
  return quantity * (price ?? 0)
}

/** What accounts are worth, with their cash. */
export function totalOf(accounts: readonly Account[]): number {
  const worths = accounts.flatMap(({ cash, positions }) => [cash, ...positions.map(worthOf)])
  return worths.reduce((sum, worth) => sum + worth, 0)
}
