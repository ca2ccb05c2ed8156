import { NumberInput, SimpleGrid } from '@mantine/core'
import type { AnalysisOptions } from '../../../../shared/portfolio.ts'
import type { Preferences } from '../../hooks/portfolio/use-portfolio.ts'

type Props = {
  preferences: Preferences
  /** What differs from the preferences. */
  options: AnalysisOptions
  setOptions: (options: AnalysisOptions) => void
}

/** The plan for retirement as it is stored, to be changed for one analysis. */
export function PlanFields({ preferences, options, setOptions }: Props) {
  const { retirement_age, annual_contribution, annual_income, plan_until_age, currency } = preferences
  const stored = { retirementAge: retirement_age, annualContribution: annual_contribution, annualIncome: annual_income }
  const field = (name: keyof AnalysisOptions) => ({
    value: options[name] ?? stored[name],
    clampBehavior: 'blur' as const,
    onChange: (value: number | string) => {
      const { [name]: _, ...others } = options
      const isChanged = typeof value === 'number' && value !== stored[name]
      setOptions(isChanged ? { ...others, [name]: value } : others)
    },
  })
  const money = { thousandSeparator: ',', suffix: ` ${currency}`, step: 500, max: 1e9 }
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
      <NumberInput
        label="Retire at"
        min={30}
        max={Math.min(90, plan_until_age - 1)}
        allowDecimal={false}
        {...field('retirementAge')}
      />
      <NumberInput label="Save each year" min={0} {...money} {...field('annualContribution')} />
      <NumberInput label="Income wanted each year" min={1} {...money} {...field('annualIncome')} />
    </SimpleGrid>
  )
}
