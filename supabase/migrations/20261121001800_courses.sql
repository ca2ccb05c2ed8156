-- Courses: the data and tools of the kinds `course-generation` and `course-module`.
--
-- An enterprise has employees in positions. A position asks for skills at levels, from 1 to 5; where an employee's level is
-- lower, there is a gap, and its priority is computed here, once, for the agents and the screen alike. What is known of an
-- employee is seen by admins of the enterprise, by the employee and by the employee's manager, and so are the courses made
-- of it. A course is a task of that enterprise, because what a task journals and answers its admins may read.
--
-- A course grows as a plan, the sources that were really found, findings that name these sources, and contents of modules
-- that cite them. Users may read these alone, so what stands there came from a task of somebody who may see the employee.
-- A new life of a task begins with a new plan. A module that is written again is a new version of its content; the older
-- ones stay.
--
-- Two views give the journal and the queue the names by which people know them: cm_agent_handoffs, course_generation_jobs.
--
-- Tools (called by worker.run_tool with the rights of the task's user). Whose course it is says the task alone, never an
-- argument:
-- by the pipelines: load_employee · begin_course · keep_sources {query, pages} · open_source {url} ·
--   read_module_brief {module} · store_module_content {module, body} · finish_course {summary};
-- by agents: analyze_employee_profile · prioritize_skill_gaps · store_course_plan {course_structure, research_strategy,
--   learning_path} · store_planning_metadata {rationale, assumptions, left_out} · read_course_plan ·
--   store_research_results {module, topic, findings} · store_research_session {summary, open_questions}.
-- Errors, which the agent is told: 22023 malformed, or not now · 42501 not this user's.

-- People and skills ----------------------------------------------------------------------------------------------

create table public.positions (
  id uuid primary key default gen_random_uuid(),
  enterprise_id uuid not null references public.enterprises on delete cascade,
  title text not null constraint position_title_is_short check (length(title) between 1 and 100),
  department text not null constraint department_is_short check (length(department) between 1 and 100),
  level text not null constraint level_is_known check (level in ('junior', 'mid', 'senior', 'lead')),
  constraint position_is_unique unique (enterprise_id, title, level),
  constraint position_of_enterprise unique (enterprise_id, id)
);

create table public.skills (
  id uuid primary key default gen_random_uuid(),
  enterprise_id uuid not null references public.enterprises on delete cascade,
  name text not null constraint skill_name_is_short check (length(name) between 1 and 100),
  constraint skill_name_is_unique unique (enterprise_id, name),
  constraint skill_of_enterprise unique (enterprise_id, id)
);

create table public.position_skills (
  enterprise_id uuid not null,
  position_id uuid not null,
  skill_id uuid not null,
  required_level smallint not null constraint required_level_is_1_to_5 check (required_level between 1 and 5),
  importance smallint not null constraint importance_is_1_to_5 check (importance between 1 and 5),
  primary key (position_id, skill_id),
  foreign key (enterprise_id, position_id) references public.positions (enterprise_id, id) on delete cascade,
  foreign key (enterprise_id, skill_id) references public.skills (enterprise_id, id) on delete cascade
);
create index position_skills_of_position on public.position_skills (enterprise_id, position_id);
create index position_skills_of_skill on public.position_skills (enterprise_id, skill_id);

create table public.employees (
  id uuid primary key default gen_random_uuid(),
  enterprise_id uuid not null references public.enterprises on delete cascade,
  position_id uuid not null,
  manager_id uuid,
  user_id uuid references auth.users on delete set null,
  full_name text not null constraint full_name_is_short check (length(full_name) between 1 and 100),
  joined_on date not null,
  constraint employee_of_enterprise unique (enterprise_id, id),
  foreign key (enterprise_id, position_id) references public.positions (enterprise_id, id),
  foreign key (enterprise_id, manager_id) references public.employees (enterprise_id, id) on delete set null (manager_id)
);
create index employees_by_position on public.employees (enterprise_id, position_id);
create index employees_by_manager on public.employees (enterprise_id, manager_id);
create index employees_by_user on public.employees (user_id);
comment on column public.employees.user_id is 'The account of the employee, if there is one.';

create table public.employee_profiles (
  employee_id uuid primary key references public.employees on delete cascade,
  background text not null default '' constraint background_is_short check (length(background) <= 2000),
  goals text not null default '' constraint goals_are_short check (length(goals) <= 1000),
  learning_style text not null default 'mixed'
    constraint learning_style_is_known check (learning_style in ('reading', 'hands-on', 'discussion', 'mixed')),
  hours_per_week numeric(4, 1) not null default 3 constraint hours_are_plausible check (hours_per_week between 0.5 and 40),
  notes text not null default '' constraint notes_are_short check (length(notes) <= 2000)
);
comment on column public.employee_profiles.hours_per_week is 'The time to learn.';

create table public.employee_skills (
  employee_id uuid not null references public.employees on delete cascade,
  skill_id uuid not null references public.skills on delete cascade,
  level smallint not null constraint level_is_0_to_5 check (level between 0 and 5),
  primary key (employee_id, skill_id)
);
create index employee_skills_of_skill on public.employee_skills (skill_id);

-- The priority is from 0 to 100: a bit more than half is how many of five levels are missing, the rest how much the
-- position needs them; it weighs more where others build on somebody's work. No function, because one for each row is slow.
create view public.employee_skill_gaps with (security_invoker = true) as
  select gap.*, case when priority >= 75 then 'critical' when priority >= 55 then 'high' when priority >= 35 then 'medium'
    else 'low' end as priority_name
  from (
    select e.enterprise_id, e.id as employee_id, s.id as skill_id, s.name as skill, coalesce(own.level, 0) as current_level,
      needed.required_level, needed.importance,
      least(100, round((11.0 * (needed.required_level - coalesce(own.level, 0)) + 9.0 * needed.importance)
        * case p.level when 'junior' then 0.9 when 'mid' then 1 when 'senior' then 1.05 else 1.1 end))::integer as priority
    from public.employees e
    join public.positions p on p.id = e.position_id
    join public.position_skills needed on needed.position_id = p.id
    join public.skills s on s.id = needed.skill_id
    left join public.employee_skills own on own.employee_id = e.id and own.skill_id = s.id
    where needed.required_level > coalesce(own.level, 0)
  ) gap;
comment on view public.employee_skill_gaps is 'What an employee lacks for the position, by skill; the priority is from 0 to 100.';

-- Courses --------------------------------------------------------------------------------------------------------

create table public.cm_course_plans (
  plan_id uuid primary key default gen_random_uuid(),
  enterprise_id uuid not null,
  employee_id uuid not null,
  employee_name text not null,
  session_id text not null,
  task_id uuid constraint plan_of_task unique references public.agent_task_requests on delete set null,
  life integer not null,
  course_title text not null,
  course_structure jsonb not null,
  prioritized_gaps jsonb not null,
  research_strategy jsonb not null,
  learning_path jsonb not null,
  planning_metadata jsonb,
  total_modules integer not null,
  course_duration_weeks integer not null,
  summary text,
  created_at timestamptz not null,
  finished_at timestamptz,
  foreign key (enterprise_id, employee_id) references public.employees (enterprise_id, id) on delete cascade
);
create index cm_course_plans_of_employee on public.cm_course_plans (enterprise_id, employee_id);
comment on column public.cm_course_plans.session_id is 'The task that makes the course, as text.';
comment on column public.cm_course_plans.course_structure is
  '{title, duration_weeks, modules: [{number, title, skill, from_level, to_level, objectives, hours, depends_on}]}';
comment on column public.cm_course_plans.prioritized_gaps is 'As they were when the plan was made, the first first.';
comment on column public.cm_course_plans.research_strategy is '[{module, queries}]';
comment on column public.cm_course_plans.learning_path is '[{week, modules, hours}]';

create table public.cm_research_sessions (
  research_id uuid primary key default gen_random_uuid(),
  plan_id uuid not null constraint one_research_for_each_plan unique references public.cm_course_plans on delete cascade,
  summary text,
  open_questions jsonb not null default '[]',
  created_at timestamptz not null,
  finished_at timestamptz
);

create table public.cm_research_sources (
  plan_id uuid not null references public.cm_course_plans on delete cascade,
  number integer not null,
  url text not null constraint url_is_of_the_web check (url ~ '^https?://' and length(url) <= 2000),
  title text not null,
  excerpt text not null,
  origin text not null constraint origin_is_known check (origin in ('tavily', 'corpus')),
  query text not null,
  opened_at timestamptz,
  created_at timestamptz not null,
  primary key (plan_id, number),
  constraint source_is_unique unique (plan_id, url)
);
comment on table public.cm_research_sources is 'Pages that a search has really brought; findings and modules name them by number.';
comment on column public.cm_research_sources.opened_at is 'When its whole text was asked for.';

create table public.cm_research_results (
  result_id uuid primary key default gen_random_uuid(),
  plan_id uuid not null references public.cm_course_plans on delete cascade,
  module_number integer not null,
  topic text not null,
  findings jsonb not null,
  created_at timestamptz not null,
  constraint one_result_for_each_module unique (plan_id, module_number)
);
comment on column public.cm_research_results.findings is '[{claim, sources: [number]}]';

create table public.cm_module_contents (
  content_id uuid primary key default gen_random_uuid(),
  plan_id uuid not null references public.cm_course_plans on delete cascade,
  module_number integer not null,
  version integer not null,
  task_id uuid references public.agent_task_requests on delete set null,
  title text not null,
  body text not null,
  sources integer[] not null,
  word_count integer not null,
  created_at timestamptz not null,
  constraint version_is_unique unique (plan_id, module_number, version)
);
create index cm_module_contents_of_task on public.cm_module_contents (task_id);
comment on column public.cm_module_contents.body is 'Markdown; [3] cites the source of that number.';

-- Rights ---------------------------------------------------------------------------------------------------------

-- The employees whom the caller may see.
-- Security definer, because a policy on employees that reads employees would never end.
create function private.my_employees() returns setof uuid
language sql stable security definer set search_path = ''
as $$
  select e.id from public.employees e left join public.employees manager on manager.id = e.manager_id
  where e.enterprise_id in (select private.my_enterprises())
    and (e.enterprise_id in (select private.my_admin_enterprises()) or (select auth.uid()) in (e.user_id, manager.user_id))
$$;

alter table public.positions enable row level security;
alter table public.skills enable row level security;
alter table public.position_skills enable row level security;
alter table public.employees enable row level security;
alter table public.employee_profiles enable row level security;
alter table public.employee_skills enable row level security;
alter table public.cm_course_plans enable row level security;
alter table public.cm_research_sessions enable row level security;
alter table public.cm_research_sources enable row level security;
alter table public.cm_research_results enable row level security;
alter table public.cm_module_contents enable row level security;
revoke all on public.positions, public.skills, public.position_skills, public.employees, public.employee_profiles,
  public.employee_skills, public.employee_skill_gaps, public.cm_course_plans, public.cm_research_sessions,
  public.cm_research_sources, public.cm_research_results, public.cm_module_contents from anon, authenticated;
grant select on public.positions, public.skills, public.position_skills, public.employees, public.employee_profiles,
  public.employee_skills, public.employee_skill_gaps, public.cm_course_plans, public.cm_research_sessions,
  public.cm_research_sources, public.cm_research_results, public.cm_module_contents to authenticated;
grant all on public.positions, public.skills, public.position_skills, public.employees, public.employee_profiles,
  public.employee_skills, public.cm_course_plans, public.cm_research_sessions, public.cm_research_sources,
  public.cm_research_results, public.cm_module_contents to service_role;
grant select on public.employee_skill_gaps to service_role;

create policy "see the positions of one's enterprises" on public.positions for select to authenticated
  using (enterprise_id in (select private.my_enterprises()));
create policy "see the skills of one's enterprises" on public.skills for select to authenticated
  using (enterprise_id in (select private.my_enterprises()));
create policy "see what the positions of one's enterprises need" on public.position_skills for select to authenticated
  using (enterprise_id in (select private.my_enterprises()));
create policy "see oneself, whom one manages, and as an admin all" on public.employees for select to authenticated
  using (id in (select private.my_employees()));
create policy "see the profiles of employees one sees" on public.employee_profiles for select to authenticated
  using (employee_id in (select private.my_employees()));
create policy "see the skills of employees one sees" on public.employee_skills for select to authenticated
  using (employee_id in (select private.my_employees()));
create policy "see the courses of employees one sees" on public.cm_course_plans for select to authenticated
  using (employee_id in (select private.my_employees()));
create policy "see the research of courses one sees" on public.cm_research_sessions for select to authenticated
  using (plan_id in (select p.plan_id from public.cm_course_plans p));
create policy "see the sources of courses one sees" on public.cm_research_sources for select to authenticated
  using (plan_id in (select p.plan_id from public.cm_course_plans p));
create policy "see the findings of courses one sees" on public.cm_research_results for select to authenticated
  using (plan_id in (select p.plan_id from public.cm_course_plans p));
create policy "see the modules of courses one sees" on public.cm_module_contents for select to authenticated
  using (plan_id in (select p.plan_id from public.cm_course_plans p));

-- Views over queue and journal -----------------------------------------------------------------------------------

create view public.cm_agent_handoffs with (security_invoker = true) as
  select s.id as handoff_id, s.task_id, s.task_id::text as session_id, p.plan_id, p.employee_id, s.life,
    s.agent as from_agent, s.name as to_agent, s.finished_at as handoff_timestamp
  from public.agent_task_steps s
  join public.agent_task_requests r on r.id = s.task_id
  left join public.cm_course_plans p on p.task_id = r.id and p.life = s.life
  where r.kind = 'course-generation' and s.kind = 'handoff' and s.attempt > 0;
comment on view public.cm_agent_handoffs is 'Which agent has handed over to which; a fork shows those of its own alone.';

create view public.course_generation_jobs with (security_invoker = true) as
  select r.id as job_id, r.id::text as session_id, r.enterprise_id, r.user_id, r.request_payload ->> 'employeeId' as employee_id,
    r.status, r.attempt, p.plan_id, p.course_title, p.total_modules,
    (select count(distinct c.module_number)::integer from public.cm_module_contents c where c.plan_id = p.plan_id) as modules_written,
    (select count(*)::integer from public.cm_research_sources c where c.plan_id = p.plan_id) as sources_found,
    r.progress, r.error, r.created_at, r.started_at, r.updated_at, r.finished_at
  from public.agent_task_requests r
  left join public.cm_course_plans p on p.task_id = r.id
  where r.kind = 'course-generation';

revoke all on public.cm_agent_handoffs, public.course_generation_jobs from anon, authenticated;
grant select on public.cm_agent_handoffs, public.course_generation_jobs to authenticated, service_role;

-- Whose course ---------------------------------------------------------------------------------------------------

-- The employee whom a task is about, if its user may see that one and the task is of the same enterprise. For a module
-- that is written again it is the one of the course.
create function private.employee_of_course(p_task uuid) returns public.employees
language sql stable set search_path = ''
as $$
  select e from public.agent_task_requests t
  join public.employees e on e.enterprise_id = t.enterprise_id
  where t.id = p_task and t.user_id = (select auth.uid()) and e.id in (select private.my_employees())
    and case t.kind
      when 'course-generation' then e.id::text = lower(t.request_payload ->> 'employeeId')
      when 'course-module' then exists (
        select from public.cm_course_plans p
        where p.employee_id = e.id and p.plan_id::text = lower(t.request_payload ->> 'planId'))
    end
$$;

-- The employee of a task that is under way, for those who write.
create function private.own_course(p_task uuid) returns public.employees
language plpgsql stable set search_path = ''
as $$
declare
  v_employee constant public.employees := private.employee_of_course(p_task);
begin
  if v_employee.id is null
    or not exists (select from public.agent_task_requests where id = p_task and status = 'processing') then
    raise exception 'This is no course of yours that is under way.' using errcode = '42501';
  end if;
  return v_employee;
end
$$;

-- The plan that a task works on: its own, or the one of which it writes a module again, as soon as nobody else makes it.
-- Security definer, because the course may be made by a task that the user may not see. Whose it is says own_course.
create function private.plan_of_course(p_task uuid) returns public.cm_course_plans
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_employee constant public.employees := private.own_course(p_task);
  v_plan public.cm_course_plans;
begin
  select p.* into v_plan
  from public.agent_task_requests t join public.cm_course_plans p on p.employee_id = v_employee.id
    and case t.kind when 'course-generation' then p.task_id = t.id and p.life = t.life
      else p.plan_id::text = lower(t.request_payload ->> 'planId') end
  where t.id = p_task;
  if not found then
    raise exception 'There is no course plan yet: store it first, with store_course_plan.' using errcode = '22023';
  elsif exists (
      select from public.agent_task_requests where id = v_plan.task_id and id <> p_task and finished_at is null) then
    raise exception 'The course is still being made: wait for its end.' using errcode = '22023';
  end if;
  return v_plan;
end
$$;

-- The whole number at a key, or null where there is none. As JSON 1.0 is a number, too, but nothing that can be cast.
create function private.whole_in(p_input jsonb, p_key text) returns integer
language sql immutable set search_path = ''
as $$
  select case when jsonb_typeof(p_input -> p_key) = 'number' and p_input ->> p_key ~ '^\d{1,6}$'
    then (p_input ->> p_key)::integer end
$$;

-- A module of the plan as it was stored.
create function private.module_of(p_plan public.cm_course_plans, p_number integer) returns jsonb
language plpgsql immutable set search_path = ''
as $$
declare
  v_module jsonb;
begin
  select m into v_module from jsonb_array_elements(p_plan.course_structure -> 'modules') m
  where (m ->> 'number')::integer = p_number;
  if not found then
    raise exception 'The plan has no module %: it has 1 to %.', coalesce(p_number::text, 'without a number'), p_plan.total_modules
      using errcode = '22023';
  end if;
  return v_module;
end
$$;

-- Reading --------------------------------------------------------------------------------------------------------

-- What the pipeline decides by: {name, gaps}, or null where the user finds no such employee.
create function agent_tools.load_employee(p_task uuid, p_input jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('id', e.id, 'name', e.full_name,
    'gaps', (select count(*) from public.employee_skill_gaps g where g.employee_id = e.id))
  from private.employee_of_course(p_task) e where e.id is not null
$$;

create function agent_tools.analyze_employee_profile(p_task uuid, p_input jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'name', e.full_name, 'position', p.title, 'department', p.department, 'level', p.level,
    'years_here', extract(year from age((select private.today()), e.joined_on))::integer,
    'background', coalesce(profile.background, ''), 'goals', coalesce(profile.goals, ''),
    'learning_style', coalesce(profile.learning_style, 'mixed'), 'hours_per_week', coalesce(profile.hours_per_week, 3),
    'notes', coalesce(profile.notes, ''),
    'skills', coalesce((
      select jsonb_agg(jsonb_build_object('skill', s.name, 'level', own.level) order by own.level desc, s.name)
      from public.employee_skills own join public.skills s on s.id = own.skill_id where own.employee_id = e.id), '[]'),
    'courses_before', coalesce((
      select jsonb_agg(c.course_title order by c.created_at) from public.cm_course_plans c
      where c.employee_id = e.id and c.finished_at is not null and c.task_id is distinct from p_task), '[]'))
  from private.employee_of_course(p_task) e
  join public.positions p on p.id = e.position_id
  left join public.employee_profiles profile on profile.employee_id = e.id
$$;

-- The gaps, the most pressing first, with what makes the priority.
create function agent_tools.prioritize_skill_gaps(p_task uuid, p_input jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('skill', g.skill, 'current_level', g.current_level,
      'required_level', g.required_level, 'importance', g.importance, 'priority', g.priority,
      'priority_name', g.priority_name) order by g.priority desc, g.importance desc, g.skill), '[]')
  from private.employee_of_course(p_task) e join public.employee_skill_gaps g on g.employee_id = e.id
$$;

-- The plan in short, for agents that did not make it: {title, modules: [{number, title, skill, from_level, to_level,
-- depends_on, queries, content_id}]}, content_id being null while the module is not written.
create function agent_tools.read_course_plan(p_task uuid, p_input jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('title', p.course_title, 'modules', (
    select jsonb_agg((m - '{objectives, hours}'::text[]) || jsonb_build_object(
      'queries', jsonb_path_query_first(p.research_strategy, '$[*] ? (@.module == $n).queries',
        jsonb_build_object('n', m -> 'number')),
      'content_id', (
        select c.content_id from public.cm_module_contents c
        where c.plan_id = p.plan_id and c.module_number = (m ->> 'number')::integer order by c.version desc limit 1))
      order by (m ->> 'number')::integer)
    from jsonb_array_elements(p.course_structure -> 'modules') m))
  from private.plan_of_course(p_task) p
$$;

-- What the writer of a module needs. Refused while modules that it builds on are not written.
create function agent_tools.read_module_brief(p_task uuid, p_input jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_plan constant public.cm_course_plans := private.plan_of_course(p_task);
  v_number constant integer := private.whole_in(p_input, 'module');
  v_module constant jsonb := private.module_of(v_plan, v_number);
  v_missing text;
begin
  select string_agg(needed, ', ' order by needed::integer) into v_missing
  from jsonb_array_elements_text(v_module -> 'depends_on') needed
  where not exists (
    select from public.cm_module_contents c where c.plan_id = v_plan.plan_id and c.module_number = needed::integer);
  if v_missing is not null then
    raise exception 'Module % builds on what is not written yet: write % first.', v_number, v_missing using errcode = '22023';
  end if;
  return (
    select jsonb_build_object(
      'course', v_plan.course_title, 'module', v_module,
      'others', coalesce((
        select jsonb_agg(jsonb_build_object('number', m -> 'number', 'title', m -> 'title') order by (m ->> 'number')::integer)
        from jsonb_array_elements(v_plan.course_structure -> 'modules') m where (m ->> 'number')::integer <> v_number), '[]'),
      'learner', jsonb_build_object('position', p.title, 'department', p.department, 'level', p.level,
        'learning_style', coalesce(profile.learning_style, 'mixed')),
      'findings', coalesce((
        select r.findings from public.cm_research_results r
        where r.plan_id = v_plan.plan_id and r.module_number = v_number), '[]'),
      'sources', coalesce((
        select jsonb_agg(jsonb_build_object('number', s.number, 'title', s.title, 'excerpt', s.excerpt) order by s.number)
        from public.cm_research_sources s
        where s.plan_id = v_plan.plan_id and s.number in (
          select cited::integer from public.cm_research_results r, jsonb_array_elements(r.findings) f,
            jsonb_array_elements_text(f -> 'sources') cited
          where r.plan_id = v_plan.plan_id and r.module_number = v_number)), '[]'))
    from public.employees e join public.positions p on p.id = e.position_id
    left join public.employee_profiles profile on profile.employee_id = e.id
    where e.id = v_plan.employee_id);
end
$$;

-- Writing --------------------------------------------------------------------------------------------------------

-- What is wrong with a module that is planned at a place of the course, or null.
create function private.wrong_with_module(p_module jsonb, p_place integer, p_gaps jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when private.whole_in(p_module, 'number') is distinct from p_place then
      format('Number the modules 1, 2, 3 …: at place %s stands %s.', p_place, coalesce(left(p_module ->> 'number', 20), 'nothing'))
    when coalesce(length(btrim(p_module ->> 'title')), 0) not between 1 and 150 then
      format('Module %s needs a title of 1 to 150 characters.', p_place)
    when not coalesce(p_module @@ 'strict $.title.type() == "string" && $.skill.type() == "string"
        && $.from_level >= 0 && $.to_level <= 5 && $.from_level <= $.to_level && $.hours >= 0.5 && $.hours <= 40
        && $.objectives.type() == "array" && $.objectives.size() >= 1 && $.objectives.size() <= 6
        && !exists($.objectives[*] ? (@.type() != "string")) && $.depends_on.type() == "array"', false) then
      format('Module %s needs a skill, from_level up to to_level (0 to 5), hours (0.5 to 40), 1 to 6 objectives as texts, '
        'and depends_on as a list.', p_place)
    when not p_gaps @> jsonb_build_array(jsonb_build_object('skill', p_module -> 'skill')) then
      format('Module %s is about "%s", which is no gap of this employee.', p_place, left(p_module ->> 'skill', 100))
    when exists (
      select from jsonb_array_elements(p_module -> 'depends_on') d
      where coalesce(private.whole_in(jsonb_build_object('d', d), 'd'), 0) not between 1 and p_place - 1) then
      format('Module %s can only depend on modules before it.', p_place)
  end
$$;

-- Stores the plan, or in its place another one while no module is written; what was found out for the first goes.
-- Security definer: users may not write plans.
create function agent_tools.store_course_plan(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_employee constant public.employees := private.own_course(p_task);
  v_structure constant jsonb := p_input -> 'course_structure';
  v_modules constant jsonb := coalesce(v_structure -> 'modules', '[]');
  v_count constant integer := case jsonb_typeof(v_modules) when 'array' then jsonb_array_length(v_modules) else 0 end;
  v_gaps constant jsonb := agent_tools.prioritize_skill_gaps(p_task, '{}');
  v_title constant text := btrim(v_structure ->> 'title');
  v_weeks constant integer := private.whole_in(v_structure, 'duration_weeks');
  v_wrong text;
  v_plan uuid;
begin
  if v_count not between 1 and 12 then
    raise exception 'A course has 1 to 12 modules, and this has %.', v_count using errcode = '22023';
  elsif coalesce(length(v_title), 0) not between 1 and 150 then
    raise exception 'Give the course a title of 1 to 150 characters.' using errcode = '22023';
  elsif v_weeks is null or v_weeks not between 1 and 52 then
    raise exception 'duration_weeks is from 1 to 52.' using errcode = '22023';
  elsif jsonb_typeof(p_input -> 'research_strategy') <> 'array'
    or jsonb_typeof(p_input -> 'learning_path') is distinct from 'array' then
    raise exception 'research_strategy and learning_path are lists.' using errcode = '22023';
  end if;
  select string_agg(private.wrong_with_module(m, n::integer, v_gaps), ' ' order by n) into v_wrong
  from jsonb_array_elements(v_modules) with ordinality u (m, n);
  if v_wrong is null and (
      select array_agg(number order by number)
      from jsonb_array_elements(p_input -> 'learning_path') week, jsonb_array_elements(week -> 'modules') module,
        private.whole_in(jsonb_build_object('n', module), 'n') number
    ) is distinct from array(select generate_series(1, v_count)) then
    v_wrong := 'The learning path must have each module once.';
  end if;
  if v_wrong is not null then
    raise exception '%', v_wrong using errcode = '22023';
  end if;

  select plan_id into v_plan from public.cm_course_plans where task_id = p_task for no key update;
  if exists (select from public.cm_module_contents where plan_id = v_plan) then
    raise exception 'The plan stands, because modules are written already.' using errcode = '22023';
  end if;
  delete from public.cm_research_results where plan_id = v_plan;
  delete from public.cm_research_sessions where plan_id = v_plan;
  insert into public.cm_course_plans as p (enterprise_id, employee_id, employee_name, session_id, task_id, life, course_title,
    course_structure, prioritized_gaps, research_strategy, learning_path, total_modules, course_duration_weeks, created_at)
  select v_employee.enterprise_id, v_employee.id, v_employee.full_name, p_task::text, p_task, t.life, v_title, v_structure, v_gaps,
    coalesce(p_input -> 'research_strategy', '[]'), p_input -> 'learning_path', v_count, v_weeks, worker.now()
  from public.agent_task_requests t where t.id = p_task and t.kind = 'course-generation'
  on conflict on constraint plan_of_task do update
    set course_title = excluded.course_title, course_structure = excluded.course_structure,
      prioritized_gaps = excluded.prioritized_gaps, research_strategy = excluded.research_strategy, learning_path = excluded.learning_path,
      total_modules = excluded.total_modules, course_duration_weeks = excluded.course_duration_weeks
  returning plan_id into v_plan;
  if not found then
    raise exception 'Only a task of kind course-generation makes a plan.' using errcode = '22023';
  end if;
  return jsonb_build_object('plan_id', v_plan, 'modules', v_count);
end
$$;

-- Security definer: users may not write plans.
create function agent_tools.store_planning_metadata(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_plan constant public.cm_course_plans := private.plan_of_course(p_task);
begin
  if jsonb_typeof(p_input) is distinct from 'object' then
    raise exception 'Give rationale, assumptions and left_out.' using errcode = '22023';
  end if;
  update public.cm_course_plans set planning_metadata = p_input where plan_id = v_plan.plan_id;
  return jsonb_build_object('stored', true);
end
$$;

-- Keeps what a search has brought: {query, pages: [{url, title, excerpt, origin}]} → the same pages with the numbers by
-- which they are cited. A page that was found before has its number already; what cannot be cited is left out.
-- Security definer: users may not write sources.
create function agent_tools.keep_sources(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_plan constant public.cm_course_plans := private.plan_of_course(p_task);
  v_page jsonb;
  v_found jsonb := '[]';
  v_number integer;
begin
  -- Searches at the same time take turns here, because the numbers follow each other.
  perform from public.cm_course_plans where plan_id = v_plan.plan_id for no key update;
  for v_page in
    select page from jsonb_array_elements(p_input -> 'pages') page
    where page ->> 'url' ~ '^https?://' and length(page ->> 'url') <= 2000 and page ->> 'origin' in ('tavily', 'corpus')
  loop
    select number into v_number from public.cm_research_sources where plan_id = v_plan.plan_id and url = v_page ->> 'url';
    if not found then
      select coalesce(max(number), 0) + 1 into v_number from public.cm_research_sources where plan_id = v_plan.plan_id;
      if v_number > 200 then
        raise exception 'A course has 200 sources at most: go on with what was found.' using errcode = '22023';
      end if;
      insert into public.cm_research_sources (plan_id, number, url, title, excerpt, origin, query, created_at)
      values (v_plan.plan_id, v_number, v_page ->> 'url', left(coalesce(v_page ->> 'title', v_page ->> 'url'), 300),
        left(coalesce(v_page ->> 'excerpt', ''), 4000), v_page ->> 'origin', left(coalesce(p_input ->> 'query', ''), 400),
        worker.now());
    end if;
    v_found := v_found || (v_page - 'origin' || jsonb_build_object('number', v_number));
  end loop;
  return v_found;
end
$$;

-- The number of a page whose text is asked for. Only pages that a search has brought: an address that somebody has put
-- into a text could carry away what the agent knows.
-- Security definer: users may not write sources.
create function agent_tools.open_source(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_plan constant public.cm_course_plans := private.plan_of_course(p_task);
  v_number integer;
begin
  update public.cm_research_sources set opened_at = coalesce(opened_at, worker.now())
  where plan_id = v_plan.plan_id and url = p_input ->> 'url'
  returning number into v_number;
  if not found then
    raise exception 'No search has brought this address: take one of the results.' using errcode = '22023';
  end if;
  return jsonb_build_object('number', v_number);
end
$$;

-- What was found out for a module: each claim names the sources that it rests on. A second time it replaces the first.
-- Security definer: users may not write findings.
create function agent_tools.store_research_results(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_plan constant public.cm_course_plans := private.plan_of_course(p_task);
  v_number constant integer := private.whole_in(p_input, 'module');
  v_findings constant jsonb := p_input -> 'findings';
  v_unknown text;
begin
  perform private.module_of(v_plan, v_number);
  if jsonb_typeof(v_findings) is distinct from 'array' or jsonb_array_length(v_findings) not between 1 and 20 then
    raise exception 'Give 1 to 20 findings.' using errcode = '22023';
  elsif exists (
    select from jsonb_array_elements(v_findings) f
    where jsonb_typeof(f -> 'claim') is distinct from 'string' or length(btrim(f ->> 'claim')) not between 1 and 2000
      or jsonb_typeof(f -> 'sources') is distinct from 'array' or f -> 'sources' = '[]') then
    raise exception 'Each finding needs a claim of 1 to 2000 characters and a list of at least one source.' using errcode = '22023';
  end if;
  select string_agg(distinct left(cited::text, 20), ', ') into v_unknown
  from jsonb_array_elements(v_findings) f, jsonb_array_elements(f -> 'sources') cited
  where not exists (
    select from public.cm_research_sources s
    where s.plan_id = v_plan.plan_id and s.number = private.whole_in(jsonb_build_object('n', cited), 'n'));
  if v_unknown is not null then
    raise exception 'No search has brought source %: name sources by their numbers.', v_unknown using errcode = '22023';
  end if;
  insert into public.cm_research_sessions (plan_id, created_at) values (v_plan.plan_id, worker.now())
  on conflict on constraint one_research_for_each_plan do nothing;
  insert into public.cm_research_results (plan_id, module_number, topic, findings, created_at)
  values (v_plan.plan_id, v_number, left(coalesce(p_input ->> 'topic', ''), 200), v_findings, worker.now())
  on conflict on constraint one_result_for_each_module do update
    set topic = excluded.topic, findings = excluded.findings;
  return jsonb_build_object('module', v_number, 'findings', jsonb_array_length(v_findings));
end
$$;

-- Security definer: users may not write research.
create function agent_tools.store_research_session(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_plan constant public.cm_course_plans := private.plan_of_course(p_task);
  v_id uuid;
begin
  if coalesce(length(btrim(p_input ->> 'summary')), 0) = 0 then
    raise exception 'Give a summary of the research.' using errcode = '22023';
  elsif jsonb_typeof(p_input -> 'open_questions') <> 'array'
    or jsonb_path_exists(p_input -> 'open_questions', '$[*] ? (@.type() != "string")') then
    raise exception 'Give open_questions as a list of texts.' using errcode = '22023';
  end if;
  insert into public.cm_research_sessions as s (plan_id, summary, open_questions, created_at, finished_at)
  values (v_plan.plan_id, left(p_input ->> 'summary', 4000), coalesce(p_input -> 'open_questions', '[]'), worker.now(), worker.now())
  on conflict on constraint one_research_for_each_plan do update
    set summary = excluded.summary, open_questions = excluded.open_questions, finished_at = excluded.finished_at
  returning research_id into v_id;
  return jsonb_build_object('research_id', v_id, 'without_findings', coalesce((
    select jsonb_agg(n order by n) from generate_series(1, v_plan.total_modules) n
    where not exists (
      select from public.cm_research_results r where r.plan_id = v_plan.plan_id and r.module_number = n)), '[]'));
end
$$;

-- What is told of a module that is stored, and how many of the course now are.
create function private.written_module(p_plan public.cm_course_plans, p_content public.cm_module_contents) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('content_id', p_content.content_id, 'title', p_content.title, 'words', p_content.word_count,
    'written', count(distinct module_number), 'total', p_plan.total_modules)
  from public.cm_module_contents where plan_id = p_plan.plan_id
$$;

-- Stores a module and gives the content_id by which it is known from here on. A task writes each module once: a second
-- time it hears of the first.
-- Security definer: users may not write contents.
create function agent_tools.store_module_content(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_plan constant public.cm_course_plans := private.plan_of_course(p_task);
  v_number constant integer := private.whole_in(p_input, 'module');
  v_module constant jsonb := private.module_of(v_plan, v_number);
  v_body constant text := btrim(p_input ->> 'body');
  v_words constant integer := cardinality(regexp_split_to_array(v_body, '\s+'));
  -- In code [0] is no source.
  v_prose constant text := regexp_replace(regexp_replace(v_body, '```.*?```', '', 'g'), '`[^`\n]*`', '', 'g');
  v_cited constant integer[] := array(
    select distinct hit[1]::integer from regexp_matches(v_prose, '\[(\d{1,3})\]', 'g') hit order by 1);
  v_unknown text;
  v_content public.cm_module_contents;
begin
  -- Modules that are written at the same time take turns here, and so do two tasks that write the same one again.
  perform from public.cm_course_plans where plan_id = v_plan.plan_id for no key update;
  select * into v_content from public.cm_module_contents
  where plan_id = v_plan.plan_id and module_number = v_number and task_id = p_task;
  if found then
    return private.written_module(v_plan, v_content);
  end if;
  if v_words is null or v_words not between 120 and 4000 then
    raise exception 'A module has 120 to 4000 words, and this has %.', coalesce(v_words, 0) using errcode = '22023';
  elsif length(v_body) > 60000 then
    raise exception 'A module has 60000 characters at most: leave out what is no text.' using errcode = '22023';
  end if;
  select string_agg(n::text, ', ') into v_unknown from unnest(v_cited) n
  where not exists (select from public.cm_research_sources s where s.plan_id = v_plan.plan_id and s.number = n);
  if v_unknown is not null then
    raise exception 'There is no source [%]: cite only sources of the brief, by number.', v_unknown using errcode = '22023';
  end if;
  insert into public.cm_module_contents (plan_id, module_number, version, task_id, title, body, sources, word_count, created_at)
  select v_plan.plan_id, v_number, coalesce(max(c.version), 0) + 1, p_task, v_module ->> 'title', v_body, v_cited, v_words,
    worker.now()
  from public.cm_module_contents c where c.plan_id = v_plan.plan_id and c.module_number = v_number
  returning * into v_content;
  return private.written_module(v_plan, v_content);
end
$$;

-- Makes room for a course: what an earlier life has left goes. A fork begins with what its origin had written before that
-- step: the copied calls are done again, for the fork's own course, in the order in which they were done, which the numbers
-- of sources depend on. A call that was given another result by hand is not.
-- Security definer: users may not write courses.
create function agent_tools.begin_course(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_employee constant public.employees := private.own_course(p_task);
  v_life constant integer := (select life from public.agent_task_requests where id = p_task);
  v_step public.agent_task_steps;
begin
  delete from public.cm_course_plans where task_id = p_task and employee_id = v_employee.id and life < v_life;
  for v_step in
    select * from public.agent_task_steps
    where task_id = p_task and life = v_life and attempt = 0 and kind = 'tool' and status = 'done'
      and name in ('store_course_plan', 'store_planning_metadata', 'keep_sources', 'open_source', 'store_research_results',
        'store_research_session', 'store_module_content')
      and jsonb_typeof(output) <> 'string' and not (jsonb_typeof(output) = 'object' and output ? 'error')
    order by finished_at, id
  loop
    case v_step.name
      when 'store_course_plan' then perform agent_tools.store_course_plan(p_task, v_step.input);
      when 'store_planning_metadata' then perform agent_tools.store_planning_metadata(p_task, v_step.input);
      when 'keep_sources' then perform agent_tools.keep_sources(p_task, v_step.input);
      when 'open_source' then perform agent_tools.open_source(p_task, v_step.input);
      when 'store_research_results' then perform agent_tools.store_research_results(p_task, v_step.input);
      when 'store_research_session' then perform agent_tools.store_research_session(p_task, v_step.input);
      else perform agent_tools.store_module_content(p_task, v_step.input);
    end case;
  end loop;
  return 'true';
end
$$;

-- Ends the course, or the writing of one module: {planId, title, modules: [{number, title, contentId}], missing: [number]}.
-- It counts as finished when every module is written.
-- Security definer: users may not write plans.
create function agent_tools.finish_course(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_plan constant public.cm_course_plans := private.plan_of_course(p_task);
  v_modules jsonb;
  v_missing jsonb;
begin
  select coalesce(jsonb_agg(jsonb_build_object('number', c.module_number, 'title', c.title, 'contentId', c.content_id)
    order by c.module_number), '[]') into v_modules
  from (
    select distinct on (module_number) * from public.cm_module_contents where plan_id = v_plan.plan_id
    order by module_number, version desc
  ) c;
  select coalesce(jsonb_agg(n order by n), '[]') into v_missing from generate_series(1, v_plan.total_modules) n
  where not v_modules @> jsonb_build_array(jsonb_build_object('number', n));
  update public.cm_course_plans
  set summary = coalesce(left(btrim(p_input ->> 'summary'), 4000), summary),
    finished_at = case when v_missing = '[]' then coalesce(finished_at, worker.now()) end
  where plan_id = v_plan.plan_id;
  return jsonb_build_object('planId', v_plan.plan_id, 'title', v_plan.course_title, 'modules', v_modules, 'missing', v_missing);
end
$$;

revoke execute on all functions in schema worker, private, agent_tools from public;
grant execute on function private.my_employees, private.employee_of_course,
  private.own_course, private.plan_of_course, private.module_of, private.whole_in, private.wrong_with_module,
  private.written_module to authenticated, service_role;
grant execute on function agent_tools.load_employee, agent_tools.analyze_employee_profile, agent_tools.prioritize_skill_gaps,
  agent_tools.read_course_plan, agent_tools.read_module_brief, agent_tools.store_course_plan,
  agent_tools.store_planning_metadata, agent_tools.keep_sources, agent_tools.open_source,
  agent_tools.store_research_results, agent_tools.store_research_session, agent_tools.store_module_content,
  agent_tools.begin_course, agent_tools.finish_course to authenticated, service_role;
