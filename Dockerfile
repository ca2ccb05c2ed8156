# The worker. It needs SUPABASE_URL, SUPABASE_SERVICE_KEY, OPENAI_API_KEY and, for the fastest start of tasks, DATABASE_URL.
FROM node:26-slim
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
# Not `npm ci`: it demands lockfile entries for every platform that some development tool knows. Among the optional
# packages are parts of the agents SDK, and a Node for machines without a current one, which this image does not need.
RUN npm install --no-save --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/node-* node_modules/.bin/node
COPY shared ./shared
COPY worker ./worker
USER node
EXPOSE 10000
HEALTHCHECK CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 10000) + '/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "worker/main.ts"]
