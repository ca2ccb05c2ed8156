/** What the demo model says when no rule of it fits. */
export const WHO_I_AM = `I am the **demo model** of this local stack: a small set of rules, not a language model, so I cannot answer that. Everything around me is real, though: this text came through the agents SDK, was written to the database in batches and reached you over Realtime.

Things that I do react to:

- *What time is it in Tokyo?* calls a tool
- *What is (3 + 4) * 12 / 5?* calls a calculator
- *What did I ask before?* reads your own tasks, with your rights
- *Explain how this works* streams a longer text

Set \`OPENAI_API_KEY\` and start again to talk to a real model.`

/** A text long enough to watch, to reload in the middle of, and to cancel. */
export const LONG_TEXT = `I am the **demo model**, so this text is always the same; it tells what happened while it was on its way to you.

### Down

Your browser inserted one row into \`agent_task_requests\`. Row-level security let it, because the row is yours. The row is the queue entry too, so nothing could get lost between two systems. A trigger saw that a worker was idle and notified it.

The worker claimed the row with \`for update skip locked\`. From then on it held a *lease*: the right to write, with a random id and an end. A few times in each lease it sends a beat that moves the end. If the worker dies, the beats stop, the lease runs out, and another worker takes the task over.

Then the agent was asked. It called a model over HTTP, and every finished call goes into a journal, so that a second attempt takes the stored answer instead of paying for it again.

### Up

The words come in pieces. They are collected for a fifth of a second and appended to a table under a number that only grows. The same piece is broadcast on a private channel that only those may hear who may see the task.

Your browser keeps the number of the last piece it has seen. When you reload the page in the middle of this sentence, it reads all pieces up to now at once and goes on with the next number, so nothing is missing and nothing is typed twice. Try it: reload now.

When the text is complete, the worker settles the task. It gives the lease back and writes the answer in one statement. If it had lost its lease meanwhile, the database would refuse: late writers change nothing.

### And sideways

Open this page in a second window: it shows the same, at the same time. Sign in as somebody else, and it shows nothing at all. Press *Cancel*, and the click travels through the database to the worker and closes the connection to the model in the middle of a word.

That is all. One row, one worker, and everybody who may watch it, live.`
