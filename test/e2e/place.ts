import { afterAll, onTestFinished } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { type ProductOptions, startProduct } from './product.ts'
import { type Visitor, visit, visitAsDemoUser, visitAsNewcomer } from './visitor.ts'

/** The product, and ways to come in by a browser, for the tests of a file. Whoever comes in leaves when the test ends. */
export async function openPlace(options: ProductOptions = {}) {
  const product = await startProduct(options)
  afterAll(product.stop)
  const browser = await startBrowser()
  afterAll(() => browser.close())
  const comeIn = async (arriving: Promise<Visitor>): Promise<Visitor> => {
    const visitor = await arriving
    onTestFinished(visitor.leave)
    return visitor
  }
  return {
    product,
    /** Opens the page as the demo user. */
    asAda: () => comeIn(visitAsDemoUser(browser, product.page)),
    /** Opens the page as somebody who signs up with this address. */
    asNewcomer: (email: string) => comeIn(visitAsNewcomer(browser, product.page, email)),
    /** Opens an address of the page as nobody. */
    asNobody: (address: string) => comeIn(visit(browser, address)),
  }
}
