import { type MathNode, parse } from 'mathjs'

const FUNCTIONS = new Set(
  'abs cbrt ceil cos exp floor log log10 log2 max mean median min mod pow round sign sin sqrt tan'.split(' '),
)
const OPERATORS = new Set('add subtract multiply divide mod pow unaryMinus unaryPlus factorial'.split(' '))
const CONSTANTS = new Set(['pi', 'e'])
const LONGEST = 500

/**
 * Computes an expression such as `(3 + 4) * sqrt(2)`, in double precision.
 *
 * Only numbers and the names above get through: mathjs also knows matrices, ranges and functions that reach into its
 * parser, with which a few letters could take all memory.
 *
 * @throws Error that says what is wrong with the expression.
 */
export function compute(expression: string): string {
  if (expression.length > LONGEST) throw new Error(`An expression may have ${LONGEST} characters.`)
  const tree = parse(expression)
  tree.traverse(node => {
    if (!isArithmetic(node)) throw new Error(`"${node.toString()}" is not arithmetic.`)
  })
  const result: unknown = tree.evaluate()
  if (typeof result !== 'number' || !Number.isFinite(result)) throw new Error('The result is not a finite number.')
  // Fifteen digits hide that 0.1 + 0.2 is a little more than 0.3; whole numbers are exact beyond that.
  return String(Number.isSafeInteger(result) ? result : Number(result.toPrecision(15)))
}

function isArithmetic(node: MathNode): boolean {
  if ('isConstantNode' in node) return 'value' in node && typeof node.value === 'number'
  if ('isParenthesisNode' in node) return true
  if ('isOperatorNode' in node) return 'fn' in node && OPERATORS.has(String(node.fn))
  if ('isFunctionNode' in node) return 'fn' in node && FUNCTIONS.has(String(node.fn))
  if ('isSymbolNode' in node)
    return 'name' in node && (CONSTANTS.has(String(node.name)) || FUNCTIONS.has(String(node.name)))
  return false
}
