import { type ComponentProps, memo } from 'react'
import Markdown, { type Components, type ExtraProps } from 'react-markdown'
import remarkGfm from 'remark-gfm'

/**
 * What an agent has written, as it is meant to look; within `Typography` of the class `answer`.
 * @param isPart it stands under a heading of the page, and its own ones come below that.
 */
export const MarkdownText = memo(({ text, isPart = false }: { text: string; isPart?: boolean }) => (
  // No images: to fetch one tells its server what a talked-over agent has put into the address.
  <Markdown remarkPlugins={[remarkGfm]} disallowedElements={['img']} components={isPart ? ofPart : ofPage}>
    {text}
  </Markdown>
))

// The answer stays open while one looks at what it points to.
function OutwardLink({ node: _, ...link }: ComponentProps<'a'> & ExtraProps) {
  return <a {...link} target="_blank" rel="noreferrer" />
}

const ofPage: Components = { a: OutwardLink }
const ofPart: Components = { ...ofPage, h1: 'h3', h2: 'h3', h3: 'h4', h4: 'h5' }
