import { z } from 'zod'

/** The asset classes, regions and sectors that instruments are divided by. */
export const ASSET_CLASSES = ['equity', 'bonds', 'cash', 'real_estate', 'commodities', 'alternatives'] as const
export const REGIONS = ['north_america', 'europe', 'asia_pacific', 'emerging_markets', 'other'] as const
export const SECTORS = [
  'technology',
  'healthcare',
  'financials',
  'consumer',
  'industrials',
  'energy',
  'utilities',
  'materials',
  'communication',
  'real_estate',
  'government',
  'other',
] as const

export type AssetClass = (typeof ASSET_CLASSES)[number]

const MOST_SLICES = 12
/** A chart that a chart library can draw as it is. */
export const chart = z.object({
  position: z
    .int()
    .min(1)
    .max(6)
    .describe('Its place on the page, from 1. A second chart at a place replaces the first.'),
  kind: z.enum(['pie', 'donut', 'bar', 'horizontal_bar']).describe('Pie and donut for the parts of a whole only.'),
  title: z.string().min(1).max(80),
  description: z.string().min(1).max(300).describe('What it shows, in a sentence.'),
  unit: z.enum(['percent', 'money']),
  labels: z.array(z.string().min(1).max(60)).min(1).max(MOST_SLICES),
  values: z.array(z.number()).min(1).max(MOST_SLICES).describe('One for each label.'),
  colors: z
    .array(z.string().regex(/^#[0-9a-fA-F]{6}$/))
    .min(1)
    .max(MOST_SLICES)
    .describe('One for each label, like #1971c2.'),
})

export type Chart = z.output<typeof chart>

const projection = z.object({
  /** All money is in today's money, a year of age after the other. */
  ages: z.array(z.int()),
  /** By percentile, the balance at each age. */
  bands: z.object({
    p5: z.array(z.number()),
    p25: z.array(z.number()),
    p50: z.array(z.number()),
    p75: z.array(z.number()),
    p95: z.array(z.number()),
  }),
  /** Percent of the paths in which the money lasts. */
  successRate: z.number(),
  /** The yearly income at which the money lasts in nine paths of ten. */
  sustainableIncome: z.number(),
  /** Of the paths that run dry, the age at which half of them have; null if none does. */
  medianAgeOfRuin: z.int().nullable(),
  plan: z.object({
    start: z.number(),
    age: z.int(),
    retirementAge: z.int(),
    untilAge: z.int(),
    contribution: z.number(),
    income: z.number(),
  }),
  /** Percent a year, before inflation. */
  assumptions: z.object({ mean: z.number(), volatility: z.number(), inflation: z.number(), paths: z.int() }),
})

export type Projection = z.output<typeof projection>

/** What an analysis brings: each field was written by one agent, and is null where that agent was not needed. */
export const analysis = z.object({
  report_payload: z.object({ markdown: z.string() }).nullable(),
  charts_payload: z.array(chart).nullable(),
  retirement_payload: z.object({ markdown: z.string(), projection }).nullable(),
  /** `notes` are the code's own, about what the numbers lack. */
  summary_payload: z.object({ summary: z.string(), highlights: z.array(z.string()), notes: z.array(z.string()) }),
})

export type Analysis = z.output<typeof analysis>

/** What the user wants instead of the stored preferences, or beside them. */
export const analysisRequest = z.object({
  prompt: z
    .string('Say as text in "prompt" what to look at, or leave it out.')
    .trim()
    .max(2_000, 'The prompt is longer than 2,000 characters: shorten it.')
    .optional(),
  options: z
    .strictObject({
      retirementAge: z.int().min(30).max(90).optional(),
      annualContribution: z.number().min(0).max(1e9).optional(),
      annualIncome: z.number().positive().max(1e9).optional(),
    })
    .optional(),
})

export type AnalysisOptions = NonNullable<z.output<typeof analysisRequest>['options']>
