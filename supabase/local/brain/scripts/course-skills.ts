type Course = { title: string; objectives: string[] }

/** What a good planner would call the modules of a skill: the one that lays the ground, and the one that goes on from there. */
const SKILLS: Record<string, { ground: Course; further: Course }> = {
  'SQL and data modelling': {
    ground: {
      title: 'Ask a database precise questions',
      objectives: [
        'say what one row of a table stands for',
        'join tables without counting anything twice',
        'choose keys and constraints that keep data right',
      ],
    },
    further: {
      title: 'Model data that stays fast and right',
      objectives: [
        'split a domain into tables without repetition',
        'read a query plan and remove its costliest part',
        'change a schema without stopping those who use it',
      ],
    },
  },
  'Python for data analysis': {
    ground: {
      title: 'From a raw file to a first answer in Python',
      objectives: [
        'load and check a file before trusting it',
        'clean types, gaps and duplicates',
        'group and compare with few lines',
      ],
    },
    further: {
      title: 'Analyses that others can run again',
      objectives: [
        'turn a notebook into functions with tests',
        'work with data that does not fit into memory',
        'show how sure a result is',
      ],
    },
  },
  'Data visualisation': {
    ground: {
      title: 'Charts that answer one question',
      objectives: [
        'choose the chart by the comparison that is asked for',
        'remove what does not help the reader',
        'title a chart with its finding',
      ],
    },
    further: {
      title: 'Dashboards that people decide by',
      objectives: [
        'choose few figures with a decision behind each',
        'show uncertainty and change honestly',
        'design for colour blindness and small screens',
      ],
    },
  },
  TypeScript: {
    ground: {
      title: 'Let the compiler find the mistakes',
      objectives: [
        'model states as unions, so that wrong ones cannot be written',
        'narrow unknown input at the border',
        'read an error message from its last line',
      ],
    },
    further: {
      title: 'Types for code that many people use',
      objectives: [
        'write generics that infer what they need',
        'keep public types small and stable',
        'move a code base to strict settings step by step',
      ],
    },
  },
  'Automated testing': {
    ground: {
      title: 'Tests that fail for one reason',
      objectives: [
        'test behaviour instead of lines',
        'arrange data that shows what matters',
        'see a test fail before trusting it',
      ],
    },
    further: {
      title: 'A test suite that a team relies on',
      objectives: [
        'choose at which level a risk is tested',
        'find and end flaky tests',
        'keep the suite under ten minutes',
      ],
    },
  },
  'Cloud infrastructure': {
    ground: {
      title: 'Run a service that can be rebuilt from text',
      objectives: [
        'describe infrastructure as code',
        'give each part the fewest rights it needs',
        'say what a service costs before it runs',
      ],
    },
    further: {
      title: 'Infrastructure that survives its failures',
      objectives: [
        'plan for the loss of a zone',
        'release without downtime and take a release back',
        'measure what users feel',
      ],
    },
  },
  'Incident response': {
    ground: {
      title: 'The first fifteen minutes of an incident',
      objectives: [
        'take and hand over a role',
        'stop the harm before looking for the cause',
        'keep people informed on time',
      ],
    },
    further: {
      title: 'Incidents that make the system better',
      objectives: ['lead a review without blame', 'write actions that get done', 'practise with game days'],
    },
  },
  'Application security': {
    ground: {
      title: 'Think like the stranger at the door',
      objectives: [
        'draw the borders across which data is trusted',
        'check every right on the server',
        'keep secrets out of code and logs',
      ],
    },
    further: {
      title: 'Security as a habit of the team',
      objectives: [
        'model threats in an hour',
        'keep dependencies from becoming a way in',
        'prepare for a leak before it happens',
      ],
    },
  },
  'Project planning': {
    ground: {
      title: 'A plan that survives its first week',
      objectives: [
        'cut work into pieces that can be finished',
        'estimate in ranges and say what they rest on',
        'find what everything else waits for',
      ],
    },
    further: {
      title: 'Lead a project through change',
      objectives: [
        'trade scope for time openly',
        'track risks that are worth tracking',
        'report so that people can act',
      ],
    },
  },
  'Stakeholder communication': {
    ground: {
      title: 'Say what people need to decide',
      objectives: [
        'begin with the answer',
        'write for a reader who has one minute',
        'end each meeting with who does what',
      ],
    },
    further: {
      title: 'Win people who see it differently',
      objectives: [
        'find the interest behind a position',
        'bring bad news early and whole',
        'keep many parties aligned with little effort',
      ],
    },
  },
  Negotiation: {
    ground: {
      title: 'Prepare a negotiation so that it is half won',
      objectives: [
        'know the best alternative on both sides',
        'set a goal and a limit beforehand',
        'make the first offer with reasons',
      ],
    },
    further: {
      title: 'Agreements that both sides keep',
      objectives: [
        'trade what is cheap here and dear there',
        'answer pressure without giving in',
        'close with terms that can be checked',
      ],
    },
  },
  'Customer onboarding': {
    ground: {
      title: 'The first thirty days of a customer',
      objectives: [
        'agree on what success is, in the customer’s words',
        'bring the first result within days',
        'see early who falls behind',
      ],
    },
    further: {
      title: 'Onboarding that works for a hundred customers',
      objectives: ['choose where a person is worth it', 'write material that is used', 'measure time to value'],
    },
  },
  'Coaching and feedback': {
    ground: {
      title: 'Feedback that is heard',
      objectives: [
        'tell what was seen, what it did and what is wished for',
        'ask before advising',
        'praise so that it is repeated',
      ],
    },
    further: {
      title: 'Coach people to solve it themselves',
      objectives: [
        'lead a talk by questions',
        'set goals that stretch and are safe',
        'address poor work early and fairly',
      ],
    },
  },
  'Product discovery': {
    ground: {
      title: 'Find out what is worth building',
      objectives: [
        'ask about what people did, not what they would do',
        'turn wishes into problems',
        'test the riskiest assumption first',
      ],
    },
    further: {
      title: 'Decide with evidence, week by week',
      objectives: [
        'map outcomes, opportunities and solutions',
        'run experiments that can fail',
        'stop what does not work, and say so',
      ],
    },
  },
}

/** Of a skill that nobody foresaw. */
export function courseIn(skill: string, toLevel: number): Course {
  const known = SKILLS[skill]
  if (known) return toLevel > 3 ? known.further : known.ground
  const name = skill.toLowerCase()
  return {
    title: toLevel > 3 ? `Go further in ${name}` : `Lay the ground in ${name}`,
    objectives: [
      `explain what matters most in ${name}`,
      `use ${name} in the work of this week`,
      `see the usual mistakes before they are made`,
    ],
  }
}
