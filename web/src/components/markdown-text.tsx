import { type ComponentProps, memo } from 'react'
import Markdown, { type Components, type ExtraProps, type Options } from 'react-markdown'
import remarkGfm from 'remark-gfm'

type Props = {
  text: string
  /** It stands under a heading of the page, and its own ones come below that. */
  isPart?: boolean
  /** What else is made of the text; keeps its identity between renders. */
  plugins?: NonNullable<Options['remarkPlugins']>
  /** What is shown in another way than usual; keeps its identity between renders. */
  parts?: Components
}

const none: never[] = []

/** What an agent has written, as it is meant to look; within `Typography` of the class `answer`. */
export const MarkdownText = memo(({ text, isPart = false, plugins = none, parts }: Props) => (
  // No images: to fetch one tells its server what a talked-over agent has put into the address.
  <Markdown
    remarkPlugins={[remarkGfm, ...plugins]}
    disallowedElements={['img']}
    components={{ ...(isPart ? ofPart : ofPage), ...parts }}
  >
    {text}
  </Markdown>
))

/** A link of a text: what one reads stays open while one looks at what it points to. */
export function OutwardLink({ node: _, ...link }: ComponentProps<'a'> & ExtraProps) {
  return <a {...link} target="_blank" rel="noreferrer" />
}

const ofPage: Components = { a: OutwardLink }
const ofPart: Components = { ...ofPage, h1: 'h3', h2: 'h3', h3: 'h4', h4: 'h5' }
