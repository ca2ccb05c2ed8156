import type { FunctionTool } from '@openai/agents'
import { z } from 'zod'
import { findings, MOST_MODULES } from '../../../shared/courses.ts'
import { callTool } from '../../agents/call-tool.ts'
import { codeTool } from '../../agents/code-tool.ts'
import type { TaskContext } from '../../agents/context.ts'
import { userTool } from '../../agents/user-tool.ts'
import type { Research } from './research/research.ts'
import { synthesize } from './synthesis.ts'

const AGENT = 'Research Agent'
/** Pages for each search. */
const MOST_PAGES = 5
/** Characters of a page that the agent reads; the rest would crowd its context. */
const LONGEST_TEXT = 8_000
const SEARCH_SECONDS = 30
const EXTRACT_SECONDS = 60

const opened = z.object({ number: z.int() })
const module = z.int().min(1).max(MOST_MODULES).describe('The number of the module.')

/** The tools of the Research Agent, by the names of the document. */
export function researchTools(research: Research): FunctionTool<TaskContext>[] {
  return [
    readCoursePlan(),
    tavilySearch(research),
    firecrawlExtract(research),
    researchSynthesizer(),
    storeResearchResults(),
    storeResearchSession(),
  ]
}

/** The plan as those read it who did not make it. */
export function readCoursePlan(): FunctionTool<TaskContext> {
  return userTool({
    name: 'read_course_plan',
    description:
      'The plan of the course: modules with number, title, skill, what they build on, queries, and content_id once written.',
    parameters: z.object({}),
  })
}

// What research cannot do, the agent is told: it is no reason for the course to fail.

function tavilySearch(research: Research): FunctionTool<TaskContext> {
  return codeTool({
    name: 'tavily_search',
    description: `Searches the web: up to ${MOST_PAGES} pages with title, address and excerpt, and the number by which each is cited.`,
    parameters: z.object({ query: z.string().min(2).max(400).describe('A few words on one subject.') }),
    timeoutSeconds: SEARCH_SECONDS,
    execute: async ({ query }, { context, signal, callId }) => {
      const pages = await research.search(query, { most: MOST_PAGES, signal })
      if (pages.length === 0) return { pages: [], note: 'Nothing was found: try other words, or go on without.' }
      const kept = { call: `keep_sources:${callId}`, agent: AGENT }
      return { pages: await callTool(context, 'keep_sources', { query, pages }, kept) }
    },
  })
}

function firecrawlExtract(research: Research): FunctionTool<TaskContext> {
  return codeTool({
    name: 'firecrawl_extract',
    description: 'Reads a page that a search has brought, as Markdown. Where it cannot be read, go by the excerpt.',
    parameters: z.object({ url: z.string().max(2_000).describe('The address, as the search gave it.') }),
    timeoutSeconds: EXTRACT_SECONDS,
    execute: async ({ url }, { context, signal, callId }) => {
      const known = await callTool(context, 'open_source', { url }, { call: `open_source:${callId}`, agent: AGENT })
      const { title, text, isCut } = await research.extract(url, { signal })
      const { number } = opened.parse(known)
      return { number, title, text: text.slice(0, LONGEST_TEXT), isCut: isCut || text.length > LONGEST_TEXT }
    },
  })
}

function researchSynthesizer(): FunctionTool<TaskContext> {
  return codeTool({
    name: 'research_synthesizer',
    description: 'Merges what was found out for a module, drops what has no source, and says where it is thin.',
    parameters: z.object({ module, findings: findings.min(1).max(40) }),
    execute: ({ module, findings }) => ({ module, ...synthesize(findings) }),
  })
}

function storeResearchResults(): FunctionTool<TaskContext> {
  return userTool({
    name: 'store_research_results',
    description:
      'Stores what was found out for one module: claims with the numbers of their sources. Once for each module.',
    parameters: z.object({
      module,
      topic: z.string().max(200),
      findings: findings
        .min(1)
        .max(20)
        .describe('Three to eight claims that the module can be built on, each in one or two sentences.'),
    }),
  })
}

function storeResearchSession(): FunctionTool<TaskContext> {
  return userTool({
    name: 'store_research_session',
    description: 'Ends the research. Says for which modules there are no findings.',
    parameters: z.object({
      summary: z.string().max(4_000).describe('What was found out, in two to four sentences.'),
      open_questions: z.array(z.string().max(300)).max(10).describe('What could not be found out.'),
    }),
  })
}
