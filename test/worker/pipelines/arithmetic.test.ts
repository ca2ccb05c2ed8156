import { describe, expect, it } from 'vitest'
import { compute } from '../../../worker/pipelines/assistant/arithmetic.ts'

describe('compute', () => {
  it.each([
    ['(3 + 4) * 12', '84'],
    ['0.1 + 0.2', '0.3'],
    ['2 ^ 10', '1024'],
    ['10 / 4', '2.5'],
    ['1 / 3', '0.333333333333333'],
    ['7 mod 3', '1'],
    ['-2 ^ 2', '-4'],
    ['5!', '120'],
    ['2 pi', '6.28318530717959'],
    ['sqrt(16) + abs(-3)', '7'],
    ['max(1, 5, 3) - min(2, 8)', '3'],
    ['round(2.567, 2)', '2.57'],
    ['1e3 * 2', '2000'],
    ['0 * -1', '0'],
    ['1e300 * 1e5', '1e+305'],
  ])('%s is %s', (expression, result) => {
    expect(compute(expression)).toBe(result)
  })

  it.each([
    ['9007199254740991', '9007199254740991'],
    ['94906265 * 94906265', '9007199136250225'],
    ['2 ^ 53 - 1', '9007199254740991'],
  ])('whole numbers are exact as far as the machine is: %s', (expression, result) => {
    expect(compute(expression)).toBe(result)
  })

  it.each([
    ['a matrix', '[1, 2, 3]'],
    ['a range', '1:10'],
    ['a range without end', 'sum(1:1e9)'],
    ['a text', '"abc"'],
    ['a truth value', 'true'],
    ['an assignment', 'x = 5'],
    ['a function of its own', 'f(x) = x'],
    ['an import', 'import("fs")'],
    ['the parser', 'parse("1+1")'],
    ['evaluate', 'evaluate("1+1")'],
    ['an object', '{a: 1}'],
    ['a property', 'pi.constructor'],
    ['a call of a property', 'cos.constructor("return process")()'],
    ['a unit', '5 cm'],
    ['an unknown name', 'foo + 1'],
    ['a condition', '1 ? 2 : 3'],
    ['a comparison', '1 < 2'],
    ['two lines', '1 + 1\n2 + 2'],
    ['a shift', '1 << 40'],
    ['nothing', ''],
    ['half an expression', '(1 +'],
    ['a name that is a function', 'sqrt'],
    ['a random number', 'random()'],
  ])('%s is refused: %s', (_what, expression) => {
    expect(() => compute(expression)).toThrow()
  })

  it.each(['1 / 0', '0 / 0', '9^9^9^9', 'sqrt(-1)', '171!', '1e308 * 10', 'log(0)', '100000000000!'])(
    '%s has no finite result and says so',
    expression => {
      expect(() => compute(expression)).toThrow(/finite/)
    },
  )

  it('an expression that is too long is refused before it is read', () => {
    expect(() => compute(`1${'+1'.repeat(250)}`)).toThrow(/500 characters/)
    expect(compute(`1${'+1'.repeat(249)}`)).toBe('250')
  })

  it('deep brackets are no way to take its stack', () => {
    expect(compute(`${'('.repeat(240)}1${')'.repeat(240)}`)).toBe('1')
  })
})
