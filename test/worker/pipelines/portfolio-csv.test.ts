import { describe, expect, it } from 'vitest'
import { CsvError, readPositions } from '../../../worker/pipelines/portfolio-analysis/csv.ts'

const problemsIn = (text: string): string[] => {
  try {
    readPositions(text)
  } catch (error) {
    return (error as CsvError).problems
  }
  return []
}

describe('a file of positions', () => {
  it('is read with its optional columns, in any order', () => {
    expect(readPositions('symbol,account,quantity,price,name\nwrld,Depot,2.5,100,World\nCASH,Depot,50,,\n')).toEqual([
      { account: 'Depot', symbol: 'WRLD', quantity: 2.5, price: 100, name: 'World' },
      { account: 'Depot', symbol: 'CASH', quantity: 50 },
    ])
  })

  it('may quote commas, quotation marks and line breaks', () => {
    const text = '\uFEFFaccount,symbol,quantity,name\r\n"""Depot"", A",WRLD,1,"Two\nlines"\r\n\r\nB,WRLD,2,""\r\n'
    expect(readPositions(text)).toEqual([
      { account: '"Depot", A', symbol: 'WRLD', quantity: 1, name: 'Two\nlines' },
      { account: 'B', symbol: 'WRLD', quantity: 2 },
    ])
  })

  it('may have semicolons', () => {
    expect(readPositions('account;symbol;quantity\nA, B;WRLD;1')).toEqual([
      { account: 'A, B', symbol: 'WRLD', quantity: 1 },
    ])
  })

  it('that is wrong tells every line that is, by its number in the file', () => {
    const text =
      'account,symbol,quantity,price,kind,name\nA,WRLD,1,,,"a\nb"\n\nA,WRLD,abc,,,\n,w r,-1,x,house,\nA,B,1\nA,"B,1,,,'
    expect(problemsIn(text)).toEqual([
      'line 5: The quantity "abc" is no number above 0.',
      'line 6: The account is missing or longer than 100 characters.',
      'line 6: "W R" is no symbol.',
      'line 6: The quantity "-1" is no number above 0.',
      'line 6: The price "x" is no number of 0 or more.',
      expect.stringMatching(/^line 6: "house" is no kind/),
      'line 7: It has 3 cells instead of 6.',
      'line 8: A quotation mark is not closed.',
      'line 8: It has 2 cells instead of 6.',
      'line 8: "B,1,,," is no symbol.',
      'line 8: The quantity "" is no number above 0.',
    ])
  })

  it.each([
    ['', /line 1: The file is empty/],
    ['account,symbol\nA,B', /line 1: The column "quantity" is missing/],
    ['account,symbol,quantity,owner\nA,B,1,x', /line 1: There is no column "owner"/],
    ['account,symbol,quantity', /no positions/],
  ])('like %j is refused', (text, words) => {
    expect(problemsIn(text).join()).toMatch(words)
    expect(() => readPositions(text)).toThrow(CsvError)
  })
})
