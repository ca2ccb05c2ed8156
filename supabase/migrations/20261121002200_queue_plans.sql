-- Queue plans: the reaper looks from each lane into the queue, even where nothing is known of either.
--
-- On a new database the tables have no statistics. The generic plan of `reap` was then a merge join, which reads every
-- ticket in line, and a session keeps its plans. All its joins are by key, so that nested loops are right for each.

alter function worker.reap set enable_mergejoin = off;
alter function worker.reap set enable_hashjoin = off;
