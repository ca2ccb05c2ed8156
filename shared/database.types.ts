export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "public": {
          Tables: {
            "agent_approval_decisions": {
                  Row: {
                    "approval_id": string,"decided_at": string,"decision": string,"edited_arguments": Json | null,"id": number,"reason": string | null,"user_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "approval_id": string,"decided_at": string,"decision": string,"edited_arguments"?: Json | null,"id"?: never,"reason"?: string | null,"user_id"?: string | null
                  }
                  Update: {
                    "approval_id"?: string,"decided_at"?: string,"decision"?: string,"edited_arguments"?: Json | null,"id"?: never,"reason"?: string | null,"user_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_approval_decisions_approval_id_fkey"
      columns: ["approval_id"]
isOneToOne: false
      referencedRelation: "agent_approvals"
      referencedColumns: ["id"]
    }
                  ]
                },"agent_approvals": {
                  Row: {
                    "agent": string,"agent_title": string | null,"arguments": NonNullable<Json>,"asker_id": string | null,"created_at": string,"decided_at": string | null,"decided_by": string | null,"decider": string,"edited_arguments": Json | null,"enterprise_id": string | null,"expires_at": string | null,"id": string,"key": string,"life": number,"may_edit": boolean,"not_asker": boolean,"quorum": number,"reason": string | null,"status": string,"task_id": string,"tool_name": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent": string,"agent_title"?: string | null,"arguments": NonNullable<Json>,"asker_id"?: string | null,"created_at": string,"decided_at"?: string | null,"decided_by"?: string | null,"decider"?: string,"edited_arguments"?: Json | null,"enterprise_id"?: string | null,"expires_at"?: string | null,"id"?: string,"key": string,"life": number,"may_edit"?: boolean,"not_asker"?: boolean,"quorum"?: number,"reason"?: string | null,"status"?: string,"task_id": string,"tool_name": string
                  }
                  Update: {
                    "agent"?: string,"agent_title"?: string | null,"arguments"?: NonNullable<Json>,"asker_id"?: string | null,"created_at"?: string,"decided_at"?: string | null,"decided_by"?: string | null,"decider"?: string,"edited_arguments"?: Json | null,"enterprise_id"?: string | null,"expires_at"?: string | null,"id"?: string,"key"?: string,"life"?: number,"may_edit"?: boolean,"not_asker"?: boolean,"quorum"?: number,"reason"?: string | null,"status"?: string,"task_id"?: string,"tool_name"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_approvals_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_session_turns"
      referencedColumns: ["task_id"]
    },{
      foreignKeyName: "agent_approvals_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_task_requests"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "agent_approvals_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["job_id"]
    }
                  ]
                },"agent_session_items": {
                  Row: {
                    "agent": string | null,"author_id": string | null,"covers": number | null,"created_at": string,"item": NonNullable<Json>,"kind": string,"seq": number,"session_id": string,"source": string | null,"task_id": string | null,"voice_item_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "agent"?: string | null,"author_id"?: string | null,"covers"?: number | null,"created_at": string,"item": NonNullable<Json>,"kind": string,"seq": number,"session_id": string,"source"?: string | null,"task_id"?: string | null,"voice_item_id"?: string | null
                  }
                  Update: {
                    "agent"?: string | null,"author_id"?: string | null,"covers"?: number | null,"created_at"?: string,"item"?: NonNullable<Json>,"kind"?: string,"seq"?: number,"session_id"?: string,"source"?: string | null,"task_id"?: string | null,"voice_item_id"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"agent_sessions": {
                  Row: {
                    "created_at": string,"enterprise_id": string | null,"id": string,"on_busy": string,"title": string | null,"updated_at": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"enterprise_id"?: string | null,"id"?: string,"on_busy"?: string,"title"?: string | null,"updated_at"?: string,"user_id"?: string
                  }
                  Update: {
                    "created_at"?: string,"enterprise_id"?: string | null,"id"?: string,"on_busy"?: string,"title"?: string | null,"updated_at"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_sessions_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"agent_task_audit": {
                  Row: {
                    "action": string,"actor": string,"actor_id": string | null,"at": string,"details": NonNullable<Json>,"enterprise_id": string | null,"id": number,"task_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"actor": string,"actor_id"?: string | null,"at": string,"details"?: NonNullable<Json>,"enterprise_id"?: string | null,"id"?: never,"task_id"?: string | null
                  }
                  Update: {
                    "action"?: string,"actor"?: string,"actor_id"?: string | null,"at"?: string,"details"?: NonNullable<Json>,"enterprise_id"?: string | null,"id"?: never,"task_id"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"agent_task_dead_letters": {
                  Row: {
                    "code": string,"enterprise_id": string | null,"failed_at": string,"kind": string,"task_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "code": string,"enterprise_id"?: string | null,"failed_at": string,"kind": string,"task_id": string
                  }
                  Update: {
                    "code"?: string,"enterprise_id"?: string | null,"failed_at"?: string,"kind"?: string,"task_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_task_dead_letters_task_id_fkey"
      columns: ["task_id"]
isOneToOne: true
      referencedRelation: "agent_session_turns"
      referencedColumns: ["task_id"]
    },{
      foreignKeyName: "agent_task_dead_letters_task_id_fkey"
      columns: ["task_id"]
isOneToOne: true
      referencedRelation: "agent_task_requests"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "agent_task_dead_letters_task_id_fkey"
      columns: ["task_id"]
isOneToOne: true
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["job_id"]
    }
                  ]
                },"agent_task_deltas": {
                  Row: {
                    "created_at": string,"data": NonNullable<Json>,"kind": string,"life": number,"seq": number,"step_key": string,"task_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at": string,"data": NonNullable<Json>,"kind": string,"life": number,"seq": number,"step_key": string,"task_id": string
                  }
                  Update: {
                    "created_at"?: string,"data"?: NonNullable<Json>,"kind"?: string,"life"?: number,"seq"?: number,"step_key"?: string,"task_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_task_deltas_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_session_turns"
      referencedColumns: ["task_id"]
    },{
      foreignKeyName: "agent_task_deltas_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_task_requests"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "agent_task_deltas_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["job_id"]
    }
                  ]
                },"agent_task_minutes": {
                  Row: {
                    "kind": string,"minute": string,"run_seconds": number,"status": string,"tasks": number,"wait_seconds": number
                  }
                  ComputedFields: never
                  Insert: {
                    "kind": string,"minute": string,"run_seconds": number,"status": string,"tasks": number,"wait_seconds": number
                  }
                  Update: {
                    "kind"?: string,"minute"?: string,"run_seconds"?: number,"status"?: string,"tasks"?: number,"wait_seconds"?: number
                  }
                  Relationships: [
                    
                  ]
                },"agent_task_requests": {
                  Row: {
                    "attempt": number,"cancel_requested_at": string | null,"correlation_id": string | null,"cost_budget": number | null,"crash_count": number,"created_at": string,"deadline_at": string | null,"enterprise_id": string | null,"error": Json | null,"finished_at": string | null,"has_asked": boolean,"id": string,"idempotency_key": string | null,"kind": string,"life": number,"max_attempts": number,"parent_id": string | null,"priority": number,"progress": Json | null,"request_payload": NonNullable<Json>,"response_payload": Json | null,"run_at": string,"schedule_id": string | null,"scheduled_for": string | null,"session_id": string | null,"snooze_count": number,"started_at": string | null,"status": string,"supersede_key": string | null,"token_budget": number | null,"updated_at": string,"user_id": string | null,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "attempt"?: number,"cancel_requested_at"?: string | null,"correlation_id"?: string | null,"cost_budget"?: number | null,"crash_count"?: number,"created_at"?: string,"deadline_at"?: string | null,"enterprise_id"?: string | null,"error"?: Json | null,"finished_at"?: string | null,"has_asked"?: boolean,"id"?: string,"idempotency_key"?: string | null,"kind"?: string,"life"?: number,"max_attempts"?: number,"parent_id"?: string | null,"priority"?: number,"progress"?: Json | null,"request_payload"?: NonNullable<Json>,"response_payload"?: Json | null,"run_at"?: string,"schedule_id"?: string | null,"scheduled_for"?: string | null,"session_id"?: string | null,"snooze_count"?: number,"started_at"?: string | null,"status"?: string,"supersede_key"?: string | null,"token_budget"?: number | null,"updated_at"?: string,"user_id"?: string | null,"version"?: number
                  }
                  Update: {
                    "attempt"?: number,"cancel_requested_at"?: string | null,"correlation_id"?: string | null,"cost_budget"?: number | null,"crash_count"?: number,"created_at"?: string,"deadline_at"?: string | null,"enterprise_id"?: string | null,"error"?: Json | null,"finished_at"?: string | null,"has_asked"?: boolean,"id"?: string,"idempotency_key"?: string | null,"kind"?: string,"life"?: number,"max_attempts"?: number,"parent_id"?: string | null,"priority"?: number,"progress"?: Json | null,"request_payload"?: NonNullable<Json>,"response_payload"?: Json | null,"run_at"?: string,"schedule_id"?: string | null,"scheduled_for"?: string | null,"session_id"?: string | null,"snooze_count"?: number,"started_at"?: string | null,"status"?: string,"supersede_key"?: string | null,"token_budget"?: number | null,"updated_at"?: string,"user_id"?: string | null,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_task_requests_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "agent_task_requests_parent_id_fkey"
      columns: ["parent_id"]
isOneToOne: false
      referencedRelation: "agent_session_turns"
      referencedColumns: ["task_id"]
    },{
      foreignKeyName: "agent_task_requests_parent_id_fkey"
      columns: ["parent_id"]
isOneToOne: false
      referencedRelation: "agent_task_requests"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "agent_task_requests_parent_id_fkey"
      columns: ["parent_id"]
isOneToOne: false
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["job_id"]
    },{
      foreignKeyName: "agent_task_requests_session_id_fkey"
      columns: ["session_id"]
isOneToOne: false
      referencedRelation: "agent_sessions"
      referencedColumns: ["id"]
    }
                  ]
                },"agent_task_schedules": {
                  Row: {
                    "backfill": string,"created_at": string,"cron": string,"enterprise_id": string | null,"error": Json | null,"id": string,"kind": string,"last_at": string | null,"name": string,"next_at": string | null,"paused_at": string | null,"priority": number,"request_payload": NonNullable<Json>,"ticked_to": string,"time_zone": string,"updated_at": string,"user_id": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "backfill"?: string,"created_at"?: string,"cron": string,"enterprise_id"?: string | null,"error"?: Json | null,"id"?: string,"kind"?: string,"last_at"?: string | null,"name": string,"next_at"?: string | null,"paused_at"?: string | null,"priority"?: number,"request_payload"?: NonNullable<Json>,"ticked_to"?: string,"time_zone"?: string,"updated_at"?: string,"user_id"?: string,"version"?: number
                  }
                  Update: {
                    "backfill"?: string,"created_at"?: string,"cron"?: string,"enterprise_id"?: string | null,"error"?: Json | null,"id"?: string,"kind"?: string,"last_at"?: string | null,"name"?: string,"next_at"?: string | null,"paused_at"?: string | null,"priority"?: number,"request_payload"?: NonNullable<Json>,"ticked_to"?: string,"time_zone"?: string,"updated_at"?: string,"user_id"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_task_schedules_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"agent_task_steps": {
                  Row: {
                    "agent": string,"attempt": number,"cost": number | null,"finished_at": string | null,"id": number,"input": Json | null,"key": string,"kind": string,"life": number,"name": string,"output": Json | null,"started_at": string,"status": string,"task_id": string,"usage": Json | null
                  }
                  ComputedFields: never
                  Insert: {
                    "agent": string,"attempt": number,"cost"?: number | null,"finished_at"?: string | null,"id"?: never,"input"?: Json | null,"key": string,"kind": string,"life": number,"name": string,"output"?: Json | null,"started_at": string,"status": string,"task_id": string,"usage"?: Json | null
                  }
                  Update: {
                    "agent"?: string,"attempt"?: number,"cost"?: number | null,"finished_at"?: string | null,"id"?: never,"input"?: Json | null,"key"?: string,"kind"?: string,"life"?: number,"name"?: string,"output"?: Json | null,"started_at"?: string,"status"?: string,"task_id"?: string,"usage"?: Json | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_task_steps_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_session_turns"
      referencedColumns: ["task_id"]
    },{
      foreignKeyName: "agent_task_steps_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_task_requests"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "agent_task_steps_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["job_id"]
    }
                  ]
                },"agent_usage": {
                  Row: {
                    "cached_tokens": number,"cost": number,"day": string,"enterprise_id": string | null,"input_tokens": number,"kind": string,"model": string,"output_tokens": number,"requests": number,"tenant_id": string,"unpriced_requests": number,"user_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "cached_tokens": number,"cost": number,"day": string,"enterprise_id"?: string | null,"input_tokens": number,"kind": string,"model": string,"output_tokens": number,"requests": number,"tenant_id": string,"unpriced_requests": number,"user_id"?: string | null
                  }
                  Update: {
                    "cached_tokens"?: number,"cost"?: number,"day"?: string,"enterprise_id"?: string | null,"input_tokens"?: number,"kind"?: string,"model"?: string,"output_tokens"?: number,"requests"?: number,"tenant_id"?: string,"unpriced_requests"?: number,"user_id"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"clinic_bookings": {
                  Row: {
                    "created_at": string,"reason": string,"slot_id": string,"task_id": string | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at": string,"reason": string,"slot_id": string,"task_id"?: string | null,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"reason"?: string,"slot_id"?: string,"task_id"?: string | null,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "clinic_bookings_slot_id_fkey"
      columns: ["slot_id"]
isOneToOne: true
      referencedRelation: "clinic_slots"
      referencedColumns: ["id"]
    }
                  ]
                },"clinic_slots": {
                  Row: {
                    "clinician": string,"enterprise_id": string | null,"id": string,"kind": string,"minutes": number,"starts_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "clinician": string,"enterprise_id"?: string | null,"id"?: string,"kind": string,"minutes"?: number,"starts_at": string
                  }
                  Update: {
                    "clinician"?: string,"enterprise_id"?: string | null,"id"?: string,"kind"?: string,"minutes"?: number,"starts_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "clinic_slots_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"cm_course_plans": {
                  Row: {
                    "course_duration_weeks": number,"course_structure": NonNullable<Json>,"course_title": string,"created_at": string,"employee_id": string,"employee_name": string,"enterprise_id": string,"finished_at": string | null,"learning_path": NonNullable<Json>,"life": number,"plan_id": string,"planning_metadata": Json | null,"prioritized_gaps": NonNullable<Json>,"research_strategy": NonNullable<Json>,"session_id": string,"summary": string | null,"task_id": string | null,"total_modules": number
                  }
                  ComputedFields: never
                  Insert: {
                    "course_duration_weeks": number,"course_structure": NonNullable<Json>,"course_title": string,"created_at": string,"employee_id": string,"employee_name": string,"enterprise_id": string,"finished_at"?: string | null,"learning_path": NonNullable<Json>,"life": number,"plan_id"?: string,"planning_metadata"?: Json | null,"prioritized_gaps": NonNullable<Json>,"research_strategy": NonNullable<Json>,"session_id": string,"summary"?: string | null,"task_id"?: string | null,"total_modules": number
                  }
                  Update: {
                    "course_duration_weeks"?: number,"course_structure"?: NonNullable<Json>,"course_title"?: string,"created_at"?: string,"employee_id"?: string,"employee_name"?: string,"enterprise_id"?: string,"finished_at"?: string | null,"learning_path"?: NonNullable<Json>,"life"?: number,"plan_id"?: string,"planning_metadata"?: Json | null,"prioritized_gaps"?: NonNullable<Json>,"research_strategy"?: NonNullable<Json>,"session_id"?: string,"summary"?: string | null,"task_id"?: string | null,"total_modules"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "cm_course_plans_enterprise_id_employee_id_fkey"
      columns: ["enterprise_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_skill_gaps"
      referencedColumns: ["enterprise_id","employee_id"]
    },{
      foreignKeyName: "cm_course_plans_enterprise_id_employee_id_fkey"
      columns: ["enterprise_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["enterprise_id","id"]
    },{
      foreignKeyName: "cm_course_plans_task_id_fkey"
      columns: ["task_id"]
isOneToOne: true
      referencedRelation: "agent_session_turns"
      referencedColumns: ["task_id"]
    },{
      foreignKeyName: "cm_course_plans_task_id_fkey"
      columns: ["task_id"]
isOneToOne: true
      referencedRelation: "agent_task_requests"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "cm_course_plans_task_id_fkey"
      columns: ["task_id"]
isOneToOne: true
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["job_id"]
    }
                  ]
                },"cm_module_contents": {
                  Row: {
                    "body": string,"content_id": string,"created_at": string,"module_number": number,"plan_id": string,"sources": (number)[],"task_id": string | null,"title": string,"version": number,"word_count": number
                  }
                  ComputedFields: never
                  Insert: {
                    "body": string,"content_id"?: string,"created_at": string,"module_number": number,"plan_id": string,"sources": (number)[],"task_id"?: string | null,"title": string,"version": number,"word_count": number
                  }
                  Update: {
                    "body"?: string,"content_id"?: string,"created_at"?: string,"module_number"?: number,"plan_id"?: string,"sources"?: (number)[],"task_id"?: string | null,"title"?: string,"version"?: number,"word_count"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "cm_module_contents_plan_id_fkey"
      columns: ["plan_id"]
isOneToOne: false
      referencedRelation: "cm_agent_handoffs"
      referencedColumns: ["plan_id"]
    },{
      foreignKeyName: "cm_module_contents_plan_id_fkey"
      columns: ["plan_id"]
isOneToOne: false
      referencedRelation: "cm_course_plans"
      referencedColumns: ["plan_id"]
    },{
      foreignKeyName: "cm_module_contents_plan_id_fkey"
      columns: ["plan_id"]
isOneToOne: false
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["plan_id"]
    },{
      foreignKeyName: "cm_module_contents_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_session_turns"
      referencedColumns: ["task_id"]
    },{
      foreignKeyName: "cm_module_contents_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_task_requests"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "cm_module_contents_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["job_id"]
    }
                  ]
                },"cm_research_results": {
                  Row: {
                    "created_at": string,"findings": NonNullable<Json>,"module_number": number,"plan_id": string,"result_id": string,"topic": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at": string,"findings": NonNullable<Json>,"module_number": number,"plan_id": string,"result_id"?: string,"topic": string
                  }
                  Update: {
                    "created_at"?: string,"findings"?: NonNullable<Json>,"module_number"?: number,"plan_id"?: string,"result_id"?: string,"topic"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "cm_research_results_plan_id_fkey"
      columns: ["plan_id"]
isOneToOne: false
      referencedRelation: "cm_agent_handoffs"
      referencedColumns: ["plan_id"]
    },{
      foreignKeyName: "cm_research_results_plan_id_fkey"
      columns: ["plan_id"]
isOneToOne: false
      referencedRelation: "cm_course_plans"
      referencedColumns: ["plan_id"]
    },{
      foreignKeyName: "cm_research_results_plan_id_fkey"
      columns: ["plan_id"]
isOneToOne: false
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["plan_id"]
    }
                  ]
                },"cm_research_sessions": {
                  Row: {
                    "created_at": string,"finished_at": string | null,"open_questions": NonNullable<Json>,"plan_id": string,"research_id": string,"summary": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at": string,"finished_at"?: string | null,"open_questions"?: NonNullable<Json>,"plan_id": string,"research_id"?: string,"summary"?: string | null
                  }
                  Update: {
                    "created_at"?: string,"finished_at"?: string | null,"open_questions"?: NonNullable<Json>,"plan_id"?: string,"research_id"?: string,"summary"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "cm_research_sessions_plan_id_fkey"
      columns: ["plan_id"]
isOneToOne: true
      referencedRelation: "cm_agent_handoffs"
      referencedColumns: ["plan_id"]
    },{
      foreignKeyName: "cm_research_sessions_plan_id_fkey"
      columns: ["plan_id"]
isOneToOne: true
      referencedRelation: "cm_course_plans"
      referencedColumns: ["plan_id"]
    },{
      foreignKeyName: "cm_research_sessions_plan_id_fkey"
      columns: ["plan_id"]
isOneToOne: true
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["plan_id"]
    }
                  ]
                },"cm_research_sources": {
                  Row: {
                    "created_at": string,"excerpt": string,"number": number,"opened_at": string | null,"origin": string,"plan_id": string,"query": string,"title": string,"url": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at": string,"excerpt": string,"number": number,"opened_at"?: string | null,"origin": string,"plan_id": string,"query": string,"title": string,"url": string
                  }
                  Update: {
                    "created_at"?: string,"excerpt"?: string,"number"?: number,"opened_at"?: string | null,"origin"?: string,"plan_id"?: string,"query"?: string,"title"?: string,"url"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "cm_research_sources_plan_id_fkey"
      columns: ["plan_id"]
isOneToOne: false
      referencedRelation: "cm_agent_handoffs"
      referencedColumns: ["plan_id"]
    },{
      foreignKeyName: "cm_research_sources_plan_id_fkey"
      columns: ["plan_id"]
isOneToOne: false
      referencedRelation: "cm_course_plans"
      referencedColumns: ["plan_id"]
    },{
      foreignKeyName: "cm_research_sources_plan_id_fkey"
      columns: ["plan_id"]
isOneToOne: false
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["plan_id"]
    }
                  ]
                },"drafts": {
                  Row: {
                    "content": string,"created_at": string,"enterprise_id": string | null,"id": string,"kind": string,"session_id": string | null,"status": string,"title": string,"updated_at": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "content"?: string,"created_at"?: string,"enterprise_id"?: string | null,"id"?: string,"kind"?: string,"session_id"?: string | null,"status"?: string,"title": string,"updated_at"?: string,"user_id"?: string
                  }
                  Update: {
                    "content"?: string,"created_at"?: string,"enterprise_id"?: string | null,"id"?: string,"kind"?: string,"session_id"?: string | null,"status"?: string,"title"?: string,"updated_at"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "drafts_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"employee_profiles": {
                  Row: {
                    "background": string,"employee_id": string,"goals": string,"hours_per_week": number,"learning_style": string,"notes": string
                  }
                  ComputedFields: never
                  Insert: {
                    "background"?: string,"employee_id": string,"goals"?: string,"hours_per_week"?: number,"learning_style"?: string,"notes"?: string
                  }
                  Update: {
                    "background"?: string,"employee_id"?: string,"goals"?: string,"hours_per_week"?: number,"learning_style"?: string,"notes"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "employee_profiles_employee_id_fkey"
      columns: ["employee_id"]
isOneToOne: true
      referencedRelation: "employee_skill_gaps"
      referencedColumns: ["employee_id"]
    },{
      foreignKeyName: "employee_profiles_employee_id_fkey"
      columns: ["employee_id"]
isOneToOne: true
      referencedRelation: "employees"
      referencedColumns: ["id"]
    }
                  ]
                },"employee_skills": {
                  Row: {
                    "employee_id": string,"level": number,"skill_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "employee_id": string,"level": number,"skill_id": string
                  }
                  Update: {
                    "employee_id"?: string,"level"?: number,"skill_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "employee_skills_employee_id_fkey"
      columns: ["employee_id"]
isOneToOne: false
      referencedRelation: "employee_skill_gaps"
      referencedColumns: ["employee_id"]
    },{
      foreignKeyName: "employee_skills_employee_id_fkey"
      columns: ["employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "employee_skills_skill_id_fkey"
      columns: ["skill_id"]
isOneToOne: false
      referencedRelation: "employee_skill_gaps"
      referencedColumns: ["skill_id"]
    },{
      foreignKeyName: "employee_skills_skill_id_fkey"
      columns: ["skill_id"]
isOneToOne: false
      referencedRelation: "skills"
      referencedColumns: ["id"]
    }
                  ]
                },"employees": {
                  Row: {
                    "enterprise_id": string,"full_name": string,"id": string,"joined_on": string,"manager_id": string | null,"position_id": string,"user_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "enterprise_id": string,"full_name": string,"id"?: string,"joined_on": string,"manager_id"?: string | null,"position_id": string,"user_id"?: string | null
                  }
                  Update: {
                    "enterprise_id"?: string,"full_name"?: string,"id"?: string,"joined_on"?: string,"manager_id"?: string | null,"position_id"?: string,"user_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "employees_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "employees_enterprise_id_manager_id_fkey"
      columns: ["enterprise_id","manager_id"]
isOneToOne: false
      referencedRelation: "employee_skill_gaps"
      referencedColumns: ["enterprise_id","employee_id"]
    },{
      foreignKeyName: "employees_enterprise_id_manager_id_fkey"
      columns: ["enterprise_id","manager_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["enterprise_id","id"]
    },{
      foreignKeyName: "employees_enterprise_id_position_id_fkey"
      columns: ["enterprise_id","position_id"]
isOneToOne: false
      referencedRelation: "positions"
      referencedColumns: ["enterprise_id","id"]
    }
                  ]
                },"enterprise_members": {
                  Row: {
                    "created_at": string,"enterprise_id": string,"role": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"enterprise_id": string,"role"?: string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"enterprise_id"?: string,"role"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "enterprise_members_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"enterprises": {
                  Row: {
                    "created_at": string,"id": string,"name": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"id"?: string,"name": string
                  }
                  Update: {
                    "created_at"?: string,"id"?: string,"name"?: string
                  }
                  Relationships: [
                    
                  ]
                },"market_insights": {
                  Row: {
                    "body": string,"id": string,"published_on": string,"source": string,"title": string,"words": unknown
                  }
                  ComputedFields: never
                  Insert: {
                    "body": string,"id"?: string,"published_on": string,"source": string,"title": string,"words"?: never
                  }
                  Update: {
                    "body"?: string,"id"?: string,"published_on"?: string,"source"?: string,"title"?: string,"words"?: never
                  }
                  Relationships: [
                    
                  ]
                },"platform_admins": {
                  Row: {
                    "created_at": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"portfolio_accounts": {
                  Row: {
                    "cash": number,"created_at": string,"id": string,"name": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "cash"?: number,"created_at"?: string,"id"?: string,"name": string,"user_id": string
                  }
                  Update: {
                    "cash"?: number,"created_at"?: string,"id"?: string,"name"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"portfolio_analyses": {
                  Row: {
                    "charts_payload": Json | null,"life": number,"report_payload": Json | null,"retirement_payload": Json | null,"summary_payload": Json | null,"task_id": string,"updated_at": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "charts_payload"?: Json | null,"life": number,"report_payload"?: Json | null,"retirement_payload"?: Json | null,"summary_payload"?: Json | null,"task_id": string,"updated_at": string,"user_id": string
                  }
                  Update: {
                    "charts_payload"?: Json | null,"life"?: number,"report_payload"?: Json | null,"retirement_payload"?: Json | null,"summary_payload"?: Json | null,"task_id"?: string,"updated_at"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "portfolio_analyses_task_id_fkey"
      columns: ["task_id"]
isOneToOne: true
      referencedRelation: "agent_session_turns"
      referencedColumns: ["task_id"]
    },{
      foreignKeyName: "portfolio_analyses_task_id_fkey"
      columns: ["task_id"]
isOneToOne: true
      referencedRelation: "agent_task_requests"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "portfolio_analyses_task_id_fkey"
      columns: ["task_id"]
isOneToOne: true
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["job_id"]
    }
                  ]
                },"portfolio_instruments": {
                  Row: {
                    "asset_classes": Json | null,"kind": string,"name": string,"price": number | null,"price_source": string | null,"regions": Json | null,"sectors": Json | null,"symbol": string
                  }
                  ComputedFields: never
                  Insert: {
                    "asset_classes"?: Json | null,"kind"?: string,"name"?: string,"price"?: number | null,"price_source"?: string | null,"regions"?: Json | null,"sectors"?: Json | null,"symbol": string
                  }
                  Update: {
                    "asset_classes"?: Json | null,"kind"?: string,"name"?: string,"price"?: number | null,"price_source"?: string | null,"regions"?: Json | null,"sectors"?: Json | null,"symbol"?: string
                  }
                  Relationships: [
                    
                  ]
                },"portfolio_positions": {
                  Row: {
                    "account_id": string,"quantity": number,"symbol": string
                  }
                  ComputedFields: never
                  Insert: {
                    "account_id": string,"quantity": number,"symbol": string
                  }
                  Update: {
                    "account_id"?: string,"quantity"?: number,"symbol"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "portfolio_positions_account_id_fkey"
      columns: ["account_id"]
isOneToOne: false
      referencedRelation: "portfolio_accounts"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "portfolio_positions_symbol_fkey"
      columns: ["symbol"]
isOneToOne: false
      referencedRelation: "portfolio_instruments"
      referencedColumns: ["symbol"]
    }
                  ]
                },"portfolio_preferences": {
                  Row: {
                    "annual_contribution": number,"annual_income": number,"birth_year": number,"currency": string,"plan_until_age": number,"retirement_age": number,"target": Json | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "annual_contribution"?: number,"annual_income": number,"birth_year": number,"currency"?: string,"plan_until_age"?: number,"retirement_age"?: number,"target"?: Json | null,"user_id": string
                  }
                  Update: {
                    "annual_contribution"?: number,"annual_income"?: number,"birth_year"?: number,"currency"?: string,"plan_until_age"?: number,"retirement_age"?: number,"target"?: Json | null,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"position_skills": {
                  Row: {
                    "enterprise_id": string,"importance": number,"position_id": string,"required_level": number,"skill_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "enterprise_id": string,"importance": number,"position_id": string,"required_level": number,"skill_id": string
                  }
                  Update: {
                    "enterprise_id"?: string,"importance"?: number,"position_id"?: string,"required_level"?: number,"skill_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "position_skills_enterprise_id_position_id_fkey"
      columns: ["enterprise_id","position_id"]
isOneToOne: false
      referencedRelation: "positions"
      referencedColumns: ["enterprise_id","id"]
    },{
      foreignKeyName: "position_skills_enterprise_id_skill_id_fkey"
      columns: ["enterprise_id","skill_id"]
isOneToOne: false
      referencedRelation: "skills"
      referencedColumns: ["enterprise_id","id"]
    }
                  ]
                },"positions": {
                  Row: {
                    "department": string,"enterprise_id": string,"id": string,"level": string,"title": string
                  }
                  ComputedFields: never
                  Insert: {
                    "department": string,"enterprise_id": string,"id"?: string,"level": string,"title": string
                  }
                  Update: {
                    "department"?: string,"enterprise_id"?: string,"id"?: string,"level"?: string,"title"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "positions_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"scenario_decisions": {
                  Row: {
                    "created_at": string,"from_agent": string | null,"id": string,"reason": string,"scores": NonNullable<Json>,"session_id": string,"source": string,"task_id": string | null,"to_agent": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at": string,"from_agent"?: string | null,"id"?: string,"reason": string,"scores"?: NonNullable<Json>,"session_id": string,"source": string,"task_id"?: string | null,"to_agent": string
                  }
                  Update: {
                    "created_at"?: string,"from_agent"?: string | null,"id"?: string,"reason"?: string,"scores"?: NonNullable<Json>,"session_id"?: string,"source"?: string,"task_id"?: string | null,"to_agent"?: string
                  }
                  Relationships: [
                    
                  ]
                },"scenario_escalations": {
                  Row: {
                    "created_at": string,"id": string,"reason": string,"session_id": string,"status": string,"taken_by": string | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at": string,"id"?: string,"reason": string,"session_id": string,"status"?: string,"taken_by"?: string | null,"updated_at": string
                  }
                  Update: {
                    "created_at"?: string,"id"?: string,"reason"?: string,"session_id"?: string,"status"?: string,"taken_by"?: string | null,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"scenario_models": {
                  Row: {
                    "allowed_at": string,"name": string
                  }
                  ComputedFields: never
                  Insert: {
                    "allowed_at": string,"name": string
                  }
                  Update: {
                    "allowed_at"?: string,"name"?: string
                  }
                  Relationships: [
                    
                  ]
                },"scenario_sessions": {
                  Row: {
                    "active_agent": string,"created_at": string,"override": Json | null,"page": NonNullable<Json>,"scenario_id": string,"session_id": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "active_agent": string,"created_at": string,"override"?: Json | null,"page"?: NonNullable<Json>,"scenario_id": string,"session_id": string,"version": number
                  }
                  Update: {
                    "active_agent"?: string,"created_at"?: string,"override"?: Json | null,"page"?: NonNullable<Json>,"scenario_id"?: string,"session_id"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "scenario_sessions_scenario_id_version_fkey"
      columns: ["scenario_id","version"]
isOneToOne: false
      referencedRelation: "scenario_versions"
      referencedColumns: ["scenario_id","version"]
    }
                  ]
                },"scenario_tools": {
                  Row: {
                    "calls_per_minute": number,"description": string,"effect": string,"name": string,"needs_approval": boolean,"parameters": NonNullable<Json>,"title": string
                  }
                  ComputedFields: never
                  Insert: {
                    "calls_per_minute": number,"description": string,"effect": string,"name": string,"needs_approval"?: boolean,"parameters": NonNullable<Json>,"title": string
                  }
                  Update: {
                    "calls_per_minute"?: number,"description"?: string,"effect"?: string,"name"?: string,"needs_approval"?: boolean,"parameters"?: NonNullable<Json>,"title"?: string
                  }
                  Relationships: [
                    
                  ]
                },"scenario_versions": {
                  Row: {
                    "created_at": string,"created_by": string | null,"definition": NonNullable<Json>,"note": string | null,"scenario_id": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at": string,"created_by"?: string | null,"definition": NonNullable<Json>,"note"?: string | null,"scenario_id": string,"version": number
                  }
                  Update: {
                    "created_at"?: string,"created_by"?: string | null,"definition"?: NonNullable<Json>,"note"?: string | null,"scenario_id"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "scenario_versions_scenario_id_fkey"
      columns: ["scenario_id"]
isOneToOne: false
      referencedRelation: "scenario_agents"
      referencedColumns: ["scenario_id"]
    },{
      foreignKeyName: "scenario_versions_scenario_id_fkey"
      columns: ["scenario_id"]
isOneToOne: false
      referencedRelation: "scenario_guardrails"
      referencedColumns: ["scenario_id"]
    },{
      foreignKeyName: "scenario_versions_scenario_id_fkey"
      columns: ["scenario_id"]
isOneToOne: false
      referencedRelation: "scenario_handoffs"
      referencedColumns: ["scenario_id"]
    },{
      foreignKeyName: "scenario_versions_scenario_id_fkey"
      columns: ["scenario_id"]
isOneToOne: false
      referencedRelation: "scenarios"
      referencedColumns: ["id"]
    }
                  ]
                },"scenarios": {
                  Row: {
                    "created_at": string,"description": string,"enterprise_id": string | null,"id": string,"is_enabled": boolean,"title": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at": string,"description": string,"enterprise_id"?: string | null,"id": string,"is_enabled"?: boolean,"title": string,"updated_at": string,"version": number
                  }
                  Update: {
                    "created_at"?: string,"description"?: string,"enterprise_id"?: string | null,"id"?: string,"is_enabled"?: boolean,"title"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "scenarios_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"shop_orders": {
                  Row: {
                    "amount": number,"currency": string,"customer": string,"enterprise_id": string,"id": string,"item": string,"number": string,"ordered_at": string,"status": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount": number,"currency"?: string,"customer": string,"enterprise_id": string,"id"?: string,"item": string,"number": string,"ordered_at"?: string,"status"?: string
                  }
                  Update: {
                    "amount"?: number,"currency"?: string,"customer"?: string,"enterprise_id"?: string,"id"?: string,"item"?: string,"number"?: string,"ordered_at"?: string,"status"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "shop_orders_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"shop_policies": {
                  Row: {
                    "body": string,"enterprise_id": string,"id": string,"title": string,"words": unknown
                  }
                  ComputedFields: never
                  Insert: {
                    "body": string,"enterprise_id": string,"id"?: string,"title": string,"words"?: never
                  }
                  Update: {
                    "body"?: string,"enterprise_id"?: string,"id"?: string,"title"?: string,"words"?: never
                  }
                  Relationships: [
                    {
      foreignKeyName: "shop_policies_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"shop_refunds": {
                  Row: {
                    "amount": number,"created_at": string,"id": string,"made_for": string | null,"order_id": string,"reason": string,"task_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "amount": number,"created_at"?: string,"id"?: string,"made_for"?: string | null,"order_id": string,"reason": string,"task_id"?: string | null
                  }
                  Update: {
                    "amount"?: number,"created_at"?: string,"id"?: string,"made_for"?: string | null,"order_id"?: string,"reason"?: string,"task_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "shop_refunds_order_id_fkey"
      columns: ["order_id"]
isOneToOne: false
      referencedRelation: "shop_orders"
      referencedColumns: ["id"]
    }
                  ]
                },"skills": {
                  Row: {
                    "enterprise_id": string,"id": string,"name": string
                  }
                  ComputedFields: never
                  Insert: {
                    "enterprise_id": string,"id"?: string,"name": string
                  }
                  Update: {
                    "enterprise_id"?: string,"id"?: string,"name"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "skills_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"todos": {
                  Row: {
                    "call_key": string | null,"completed_at": string | null,"created_at": string,"description": string | null,"due_on": string | null,"id": string,"is_completed": boolean,"priority": string,"title": string,"updated_at": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "call_key"?: string | null,"completed_at"?: string | null,"created_at"?: string,"description"?: string | null,"due_on"?: string | null,"id"?: string,"is_completed"?: boolean,"priority"?: string,"title": string,"updated_at"?: string,"user_id"?: string
                  }
                  Update: {
                    "call_key"?: string | null,"completed_at"?: string | null,"created_at"?: string,"description"?: string | null,"due_on"?: string | null,"id"?: string,"is_completed"?: boolean,"priority"?: string,"title"?: string,"updated_at"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                }
          }
          Views: {
            "agent_session_turns": {
                  Row: {
                    "answer": string | null,"correlation_id": string | null,"cost": number | null,"created_at": string,"enterprise_id": string | null,"error": Json | null,"finished_at": string | null,"input_tokens": number | null,"kind": string,"life": number,"message": string | null,"output_tokens": number | null,"session_id": string | null,"status": string,"task_id": string,"tool_calls": Json | null,"unpriced_requests": number | null,"user_id": string | null
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "agent_task_requests_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "agent_task_requests_session_id_fkey"
      columns: ["session_id"]
isOneToOne: false
      referencedRelation: "agent_sessions"
      referencedColumns: ["id"]
    }
                  ]
                },"agent_task_usage": {
                  Row: {
                    "cached_tokens": number | null,"cost": number | null,"input_tokens": number | null,"life": number,"output_tokens": number | null,"requests": number | null,"task_id": string,"unpriced_requests": number | null
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "agent_task_steps_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_session_turns"
      referencedColumns: ["task_id"]
    },{
      foreignKeyName: "agent_task_steps_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_task_requests"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "agent_task_steps_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["job_id"]
    }
                  ]
                },"agent_tool_calls": {
                  Row: {
                    "agent": string,"attempt": number,"enterprise_id": string | null,"id": number,"input": Json | null,"life": number,"result": Json | null,"seconds": number | null,"started_at": string,"status": string,"task_id": string,"tool_name": string,"user_id": string | null
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "agent_task_requests_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "agent_task_steps_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_session_turns"
      referencedColumns: ["task_id"]
    },{
      foreignKeyName: "agent_task_steps_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_task_requests"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "agent_task_steps_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["job_id"]
    }
                  ]
                },"cm_agent_handoffs": {
                  Row: {
                    "employee_id": string | null,"from_agent": string,"handoff_id": number,"handoff_timestamp": string | null,"life": number,"plan_id": string | null,"session_id": string | null,"task_id": string,"to_agent": string
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "agent_task_steps_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_session_turns"
      referencedColumns: ["task_id"]
    },{
      foreignKeyName: "agent_task_steps_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_task_requests"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "agent_task_steps_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "course_generation_jobs"
      referencedColumns: ["job_id"]
    }
                  ]
                },"course_generation_jobs": {
                  Row: {
                    "attempt": number,"course_title": string | null,"created_at": string,"employee_id": string | null,"enterprise_id": string | null,"error": Json | null,"finished_at": string | null,"job_id": string,"modules_written": number | null,"plan_id": string | null,"progress": Json | null,"session_id": string | null,"sources_found": number | null,"started_at": string | null,"status": string,"total_modules": number | null,"updated_at": string,"user_id": string | null
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "agent_task_requests_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"employee_skill_gaps": {
                  Row: {
                    "current_level": number | null,"employee_id": string,"enterprise_id": string,"importance": number,"priority": number | null,"priority_name": string | null,"required_level": number,"skill": string,"skill_id": string
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "employees_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"scenario_agents": {
                  Row: {
                    "description": string | null,"enterprise_id": string | null,"instructions": string | null,"intents": Json | null,"is_enabled": boolean,"is_root": boolean | null,"model": string | null,"name": string | null,"pages": Json | null,"position": number | null,"scenario_id": string,"title": string | null,"tools": Json | null,"version": number,"voice": string | null
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "scenarios_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"scenario_guardrails": {
                  Row: {
                    "lets_override_instructions": boolean | null,"models": Json | null,"moderates_input": boolean | null,"moderates_output": boolean | null,"removes": Json | null,"scenario_id": string,"tolerates": Json | null,"version": number
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                },"scenario_handoffs": {
                  Row: {
                    "from_agent": string | null,"position": number | null,"scenario_id": string,"to_agent": string | null,"version": number
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                },"session_transcript": {
                  Row: {
                    "agent": string | null,"author_id": string | null,"created_at": string,"role": string | null,"seq": number,"session_id": string,"source": string | null,"task_id": string | null,"text": string | null
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                }
          }
          Functions: {
            "agent_limits":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"agent_people":
{ Args: { "user_ids": (string)[] }; Returns: {
              "email": string,"user_id": string
            }[]
                           },
"agent_queue_overview":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"agent_spending":
{ Args: { "p_days"?: number }; Returns: Json
                           },
"agent_task_throughput":
{ Args: { "since": string,"step_seconds"?: number }; Returns: {
              "at": string,"run_seconds": number,"status": string,"tasks": number,"wait_seconds": number
            }[]
                           },
"allow_scenario_model":
{ Args: { "allowed": boolean,"model": string }; Returns: boolean
                           },
"answer_escalation":
{ Args: { "escalation_id": string,"text": string }; Returns: {
              "created_at": string,
"id": string,
"reason": string,
"session_id": string,
"status": string,
"taken_by": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "scenario_escalations"
        isOneToOne: true
        isSetofReturn: false
      } },
"append_voice_items":
{ Args: { "items": Json,"session_id": string }; Returns: number
                           },
"begin_scenario_session":
{ Args: { "enterprise_id"?: string,"override"?: Json,"page"?: Json,"root_agent"?: string,"scenario_id": string,"session_id": string }; Returns: {
              "active_agent": string,
"created_at": string,
"override": Json | null,
"page": NonNullable<Json>,
"scenario_id": string,
"session_id": string,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "scenario_sessions"
        isOneToOne: true
        isSetofReturn: false
      } },
"cancel_agent_task":
{ Args: { "task_id": string }; Returns: {
              "attempt": number,
"cancel_requested_at": string | null,
"correlation_id": string | null,
"cost_budget": number | null,
"crash_count": number,
"created_at": string,
"deadline_at": string | null,
"enterprise_id": string | null,
"error": Json | null,
"finished_at": string | null,
"has_asked": boolean,
"id": string,
"idempotency_key": string | null,
"kind": string,
"life": number,
"max_attempts": number,
"parent_id": string | null,
"priority": number,
"progress": Json | null,
"request_payload": NonNullable<Json>,
"response_payload": Json | null,
"run_at": string,
"schedule_id": string | null,
"scheduled_for": string | null,
"session_id": string | null,
"snooze_count": number,
"started_at": string | null,
"status": string,
"supersede_key": string | null,
"token_budget": number | null,
"updated_at": string,
"user_id": string | null,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "agent_task_requests"
        isOneToOne: true
        isSetofReturn: false
      } },
"cancel_agent_tasks":
{ Args: { "task_ids": (string)[] }; Returns: number
                           },
"close_escalation":
{ Args: { "escalation_id": string }; Returns: {
              "created_at": string,
"id": string,
"reason": string,
"session_id": string,
"status": string,
"taken_by": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "scenario_escalations"
        isOneToOne: true
        isSetofReturn: false
      } },
"context_snapshot":
{ Args: { "page": Json }; Returns: Json
                           },
"decide_agent_approval":
{ Args: { "approval_id": string,"decision": string,"edited_arguments"?: Json,"reason"?: string }; Returns: {
              "agent": string,
"agent_title": string | null,
"arguments": NonNullable<Json>,
"asker_id": string | null,
"created_at": string,
"decided_at": string | null,
"decided_by": string | null,
"decider": string,
"edited_arguments": Json | null,
"enterprise_id": string | null,
"expires_at": string | null,
"id": string,
"key": string,
"life": number,
"may_edit": boolean,
"not_asker": boolean,
"quorum": number,
"reason": string | null,
"status": string,
"task_id": string,
"tool_name": string
            }
                          SetofOptions: {
        from: "*"
        to: "agent_approvals"
        isOneToOne: true
        isSetofReturn: false
      } },
"explain_wait":
{ Args: { "task_id": string }; Returns: Json
                           },
"fork_agent_task":
{ Args: { "output"?: string,"step_id": number,"task_id": string }; Returns: {
              "attempt": number,
"cancel_requested_at": string | null,
"correlation_id": string | null,
"cost_budget": number | null,
"crash_count": number,
"created_at": string,
"deadline_at": string | null,
"enterprise_id": string | null,
"error": Json | null,
"finished_at": string | null,
"has_asked": boolean,
"id": string,
"idempotency_key": string | null,
"kind": string,
"life": number,
"max_attempts": number,
"parent_id": string | null,
"priority": number,
"progress": Json | null,
"request_payload": NonNullable<Json>,
"response_payload": Json | null,
"run_at": string,
"schedule_id": string | null,
"scheduled_for": string | null,
"session_id": string | null,
"snooze_count": number,
"started_at": string | null,
"status": string,
"supersede_key": string | null,
"token_budget": number | null,
"updated_at": string,
"user_id": string | null,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "agent_task_requests"
        isOneToOne: true
        isSetofReturn: false
      } },
"hand_over_by_voice":
{ Args: { "decision_id": string,"from_agent": string,"session_id": string,"to_agent": string }; Returns: {
              "created_at": string,
"from_agent": string | null,
"id": string,
"reason": string,
"scores": NonNullable<Json>,
"session_id": string,
"source": string,
"task_id": string | null,
"to_agent": string
            }
                          SetofOptions: {
        from: "*"
        to: "scenario_decisions"
        isOneToOne: true
        isSetofReturn: false
      } },
"keep_agent_tasks":
{ Args: { "minutes_days"?: number,"tasks_days"?: number }; Returns: undefined
                           },
"limit_agent_kind":
{ Args: { "kind": string,"max_running"?: number }; Returns: undefined
                           },
"limit_agent_model":
{ Args: { "model": string,"requests_per_minute"?: number,"tokens_per_minute"?: number }; Returns: undefined
                           },
"limit_agent_spending":
{ Args: { "max_cost"?: number,"max_tokens"?: number,"per": string,"tenant_id": string }; Returns: undefined
                           },
"limit_agent_tenant":
{ Args: { "max_running"?: number,"tenant_id": string,"weight"?: number }; Returns: undefined
                           },
"pause_agent_kind":
{ Args: { "kind": string,"paused": boolean }; Returns: undefined
                           },
"pause_agent_schedule":
{ Args: { "paused": boolean,"schedule_id": string }; Returns: undefined
                           },
"prioritize_agent_tasks":
{ Args: { "priority": number,"task_ids": (string)[] }; Returns: number
                           },
"reset_stuck_agent_tasks":
{ Args: { "task_ids"?: (string)[] }; Returns: number
                           },
"retry_agent_task":
{ Args: { "task_id": string }; Returns: {
              "attempt": number,
"cancel_requested_at": string | null,
"correlation_id": string | null,
"cost_budget": number | null,
"crash_count": number,
"created_at": string,
"deadline_at": string | null,
"enterprise_id": string | null,
"error": Json | null,
"finished_at": string | null,
"has_asked": boolean,
"id": string,
"idempotency_key": string | null,
"kind": string,
"life": number,
"max_attempts": number,
"parent_id": string | null,
"priority": number,
"progress": Json | null,
"request_payload": NonNullable<Json>,
"response_payload": Json | null,
"run_at": string,
"schedule_id": string | null,
"scheduled_for": string | null,
"session_id": string | null,
"snooze_count": number,
"started_at": string | null,
"status": string,
"supersede_key": string | null,
"token_budget": number | null,
"updated_at": string,
"user_id": string | null,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "agent_task_requests"
        isOneToOne: true
        isSetofReturn: false
      } },
"retry_agent_tasks":
{ Args: { "task_ids": (string)[] }; Returns: number
                           },
"save_scenario":
{ Args: { "definition": Json,"enterprise_id"?: string,"expected_version": number,"note"?: string,"scenario_id": string }; Returns: {
              "created_at": string,
"description": string,
"enterprise_id": string | null,
"id": string,
"is_enabled": boolean,
"title": string,
"updated_at": string,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "scenarios"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_scenario_enabled":
{ Args: { "enabled": boolean,"scenario_id": string }; Returns: {
              "created_at": string,
"description": string,
"enterprise_id": string | null,
"id": string,
"is_enabled": boolean,
"title": string,
"updated_at": string,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "scenarios"
        isOneToOne: true
        isSetofReturn: false
      } },
"submit_agent_task":
{ Args: { "correlation_id"?: string,"cost_budget"?: number,"deadline_at"?: string,"enterprise_id"?: string,"idempotency_key"?: string,"kind"?: string,"priority"?: number,"request_payload": Json,"run_at"?: string,"session_id"?: string,"supersede_key"?: string,"token_budget"?: number }; Returns: {
              "attempt": number,
"cancel_requested_at": string | null,
"correlation_id": string | null,
"cost_budget": number | null,
"crash_count": number,
"created_at": string,
"deadline_at": string | null,
"enterprise_id": string | null,
"error": Json | null,
"finished_at": string | null,
"has_asked": boolean,
"id": string,
"idempotency_key": string | null,
"kind": string,
"life": number,
"max_attempts": number,
"parent_id": string | null,
"priority": number,
"progress": Json | null,
"request_payload": NonNullable<Json>,
"response_payload": Json | null,
"run_at": string,
"schedule_id": string | null,
"scheduled_for": string | null,
"session_id": string | null,
"snooze_count": number,
"started_at": string | null,
"status": string,
"supersede_key": string | null,
"token_budget": number | null,
"updated_at": string,
"user_id": string | null,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "agent_task_requests"
        isOneToOne: true
        isSetofReturn: false
      } },
"take_escalation":
{ Args: { "escalation_id": string }; Returns: {
              "created_at": string,
"id": string,
"reason": string,
"session_id": string,
"status": string,
"taken_by": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "scenario_escalations"
        isOneToOne: true
        isSetofReturn: false
      } },
"watch_agent_task":
{ Args: { "task_id": string }; Returns: undefined
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        },"worker": {
          Tables: {
            "api_buckets": {
                  Row: {
                    "bucket": string,"filled_at": string,"turns_left": number,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "bucket": string,"filled_at": string,"turns_left": number,"user_id": string
                  }
                  Update: {
                    "bucket"?: string,"filled_at"?: string,"turns_left"?: number,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"budgets": {
                  Row: {
                    "max_cost": number | null,"max_tokens": number | null,"per": string,"tenant_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "max_cost"?: number | null,"max_tokens"?: number | null,"per": string,"tenant_id"?: string | null
                  }
                  Update: {
                    "max_cost"?: number | null,"max_tokens"?: number | null,"per"?: string,"tenant_id"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"kinds": {
                  Row: {
                    "kind": string,"max_running": number | null,"paused_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "kind": string,"max_running"?: number | null,"paused_at"?: string | null
                  }
                  Update: {
                    "kind"?: string,"max_running"?: number | null,"paused_at"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"lanes": {
                  Row: {
                    "first_entered": number,"first_turn": number,"id": number,"kind": string,"last_entered": number,"last_turn": number,"next_entered": number,"next_turn": number,"rank": number,"tenant_id": string,"used_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "first_entered"?: number,"first_turn"?: number,"id"?: never,"kind": string,"last_entered"?: number,"last_turn"?: number,"next_entered"?: number,"next_turn"?: number,"rank": number,"tenant_id": string,"used_at": string
                  }
                  Update: {
                    "first_entered"?: number,"first_turn"?: number,"id"?: never,"kind"?: string,"last_entered"?: number,"last_turn"?: number,"next_entered"?: number,"next_turn"?: number,"rank"?: number,"tenant_id"?: string,"used_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"parents_to_check": {
                  Row: {
                    "id": number,"parent_id": string | null,"session_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "id"?: never,"parent_id"?: string | null,"session_id"?: string | null
                  }
                  Update: {
                    "id"?: never,"parent_id"?: string | null,"session_id"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"queue": {
                  Row: {
                    "deadline_at": string | null,"due_at": string | null,"entered": number | null,"expires_at": string | null,"lane_id": number | null,"lease_id": string | null,"task_id": string,"turn": number | null,"user_id": string | null,"worker_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "deadline_at"?: string | null,"due_at"?: string | null,"entered"?: number | null,"expires_at"?: string | null,"lane_id"?: number | null,"lease_id"?: string | null,"task_id": string,"turn"?: number | null,"user_id"?: string | null,"worker_id"?: string | null
                  }
                  Update: {
                    "deadline_at"?: string | null,"due_at"?: string | null,"entered"?: number | null,"expires_at"?: string | null,"lane_id"?: number | null,"lease_id"?: string | null,"task_id"?: string,"turn"?: number | null,"user_id"?: string | null,"worker_id"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"rate_limits": {
                  Row: {
                    "filled_at": string,"first_task": string | null,"first_tokens": number | null,"first_until": string | null,"model": string,"requests_left": number | null,"requests_per_minute": number | null,"tokens_left": number | null,"tokens_per_minute": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "filled_at": string,"first_task"?: string | null,"first_tokens"?: number | null,"first_until"?: string | null,"model": string,"requests_left"?: number | null,"requests_per_minute"?: number | null,"tokens_left"?: number | null,"tokens_per_minute"?: number | null
                  }
                  Update: {
                    "filled_at"?: string,"first_task"?: string | null,"first_tokens"?: number | null,"first_until"?: string | null,"model"?: string,"requests_left"?: number | null,"requests_per_minute"?: number | null,"tokens_left"?: number | null,"tokens_per_minute"?: number | null
                  }
                  Relationships: [
                    
                  ]
                },"settings": {
                  Row: {
                    "keep_minutes_days": number | null,"keep_tasks_days": number | null,"only_row": boolean,"pruned_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "keep_minutes_days"?: number | null,"keep_tasks_days"?: number | null,"only_row"?: boolean,"pruned_at"?: string
                  }
                  Update: {
                    "keep_minutes_days"?: number | null,"keep_tasks_days"?: number | null,"only_row"?: boolean,"pruned_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"tallies": {
                  Row: {
                    "at": string,"id": number,"kind": string,"run_seconds": number,"status": string,"tasks": number,"wait_seconds": number
                  }
                  ComputedFields: never
                  Insert: {
                    "at": string,"id"?: never,"kind": string,"run_seconds": number,"status": string,"tasks": number,"wait_seconds": number
                  }
                  Update: {
                    "at"?: string,"id"?: never,"kind"?: string,"run_seconds"?: number,"status"?: string,"tasks"?: number,"wait_seconds"?: number
                  }
                  Relationships: [
                    
                  ]
                },"tenants": {
                  Row: {
                    "max_running": number | null,"tenant_id": string,"weight": number
                  }
                  ComputedFields: never
                  Insert: {
                    "max_running"?: number | null,"tenant_id": string,"weight"?: number
                  }
                  Update: {
                    "max_running"?: number | null,"tenant_id"?: string,"weight"?: number
                  }
                  Relationships: [
                    
                  ]
                },"watchers": {
                  Row: {
                    "task_id": string,"until": string
                  }
                  ComputedFields: never
                  Insert: {
                    "task_id": string,"until": string
                  }
                  Update: {
                    "task_id"?: string,"until"?: string
                  }
                  Relationships: [
                    
                  ]
                },"workers": {
                  Row: {
                    "beat_at": string,"hears": string,"host": string,"id": string,"idle": boolean,"in_flight": number,"kinds": (string)[] | null,"slots": number | null,"started_at": string,"version": string
                  }
                  ComputedFields: never
                  Insert: {
                    "beat_at": string,"hears": string,"host": string,"id": string,"idle"?: boolean,"in_flight"?: number,"kinds"?: (string)[] | null,"slots"?: number | null,"started_at": string,"version": string
                  }
                  Update: {
                    "beat_at"?: string,"hears"?: string,"host"?: string,"id"?: string,"idle"?: boolean,"in_flight"?: number,"kinds"?: (string)[] | null,"slots"?: number | null,"started_at"?: string,"version"?: string
                  }
                  Relationships: [
                    
                  ]
                }
          }
          Views: {
            "leases": {
                  Row: {
                    "expires_at": string | null,"id": string | null,"task_id": string,"worker_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                           "expires_at"?: string | null,"id"?: string | null,"task_id"?: string | null,"worker_id"?: string | null
                         }
                        Update: {
                           "expires_at"?: string | null,"id"?: string | null,"task_id"?: string | null,"worker_id"?: string | null
                         }
                        Relationships: [
                    
                  ]
                }
          }
          Functions: {
            "admit_api_call":
{ Args: { "p_call": string,"p_is_priced": boolean,"p_model": string,"p_tokens": number,"p_user": string }; Returns: Json
                           },
"admit_call":
{ Args: { "p_is_priced": boolean,"p_lease": string,"p_model": string,"p_task": string,"p_tokens": number }; Returns: Json
                           },
"append_deltas":
{ Args: { "p_batches": (Json)[],"p_leases": (string)[],"p_tasks": (string)[] }; Returns: {
              "lease_id": string,"verdict": string,"watched": boolean
            }[]
                           },
"ask_approvals":
{ Args: { "p_approvals": (Json)[],"p_lease": string,"p_task": string }; Returns: string
                           },
"beat":
{ Args: { "p_hears": string,"p_host": string,"p_kinds"?: (string)[],"p_lease_seconds": number,"p_leases": (string)[],"p_slots"?: number,"p_tasks": (string)[],"p_version": string,"p_worker": string }; Returns: {
              "lease_id": string,"verdict": string
            }[]
                           },
"claim":
{ Args: { "p_kinds"?: (string)[],"p_lease_seconds": number,"p_slots": number,"p_worker": string }; Returns: {
              "attempt": number,"correlation_id": string,"deadline_seconds": number,"enterprise_id": string,"kind": string,"lease_id": string,"life": number,"max_attempts": number,"request_payload": Json,"task_id": string,"user_id": string,"waited_seconds": number
            }[]
                           },
"count_api_call":
{ Args: { "p_call": string,"p_step": Json,"p_user": string }; Returns: undefined
                           },
"due_schedules":
{ Args: { "p_limit": number }; Returns: {
              "backfill": string,"cron": string,"id": string,"now": string,"ticked_to": string,"time_zone": string,"version": number
            }[]
                           },
"freeze_history":
{ Args: { "p_items": (Json)[],"p_lease": string,"p_task": string }; Returns: Json
                           },
"import_portfolio":
{ Args: { "p_email": string,"p_rows": (Json)[] }; Returns: Json
                           },
"leave":
{ Args: { "p_worker": string }; Returns: undefined
                           },
"load_journal":
{ Args: { "p_lease": string,"p_task": string }; Returns: Json
                           },
"now":
{ Args: Record<PropertyKey, never>; Returns: string
                           },
"prune":
{ Args: { "p_limit": number }; Returns: number
                           },
"reap":
{ Args: { "p_limit": number }; Returns: {
              "status": string,"task_id": string
            }[]
                           },
"record_steps":
{ Args: { "p_lease": string,"p_steps": (Json)[],"p_task": string }; Returns: string
                           },
"refuse_schedule":
{ Args: { "p_code": string,"p_message": string,"p_schedule": string,"p_version": number }; Returns: boolean
                           },
"report_progress":
{ Args: { "p_lease": string,"p_progress": Json,"p_task": string }; Returns: string
                           },
"run_tool":
{ Args: { "p_lease": string,"p_steps": (Json)[],"p_task": string }; Returns: Json
                           },
"see_api_turn":
{ Args: { "p_bucket": string,"p_per_minute": number,"p_user": string }; Returns: number
                           },
"settle":
{ Args: { "p_details": (Json)[],"p_leases": (string)[],"p_outcomes": (string)[],"p_tasks": (string)[] }; Returns: {
              "lease_id": string,"status": string
            }[]
                           },
"spawn_children":
{ Args: { "p_children": (Json)[],"p_lease": string,"p_task": string }; Returns: Json
                           },
"stats":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"take_api_turn":
{ Args: { "p_bucket": string,"p_per_minute": number,"p_user": string }; Returns: number
                           },
"tick_schedule":
{ Args: { "p_next": string,"p_schedule": string,"p_ticks": (string)[],"p_to": string,"p_version": number }; Returns: number
                           },
"upkeep":
{ Args: { "p_limit": number }; Returns: Json
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "public": {
          Enums: {
            
          }
        },"worker": {
          Enums: {
            
          }
        }
} as const
