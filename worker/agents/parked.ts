/**
 * Thrown when a run cannot go on before a person has decided or another task has ended: the attempt ends as `waiting`, and
 * a later one replays the journal up to here. Let it pass.
 */
export class Parked extends Error {
  override name = 'Parked'
}
