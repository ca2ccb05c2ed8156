export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "public": {
          Tables: {
            "agent_task_deltas": {
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
      referencedRelation: "agent_task_requests"
      referencedColumns: ["id"]
    }
                  ]
                },"agent_task_requests": {
                  Row: {
                    "attempt": number,"cancel_requested_at": string | null,"crash_count": number,"created_at": string,"enterprise_id": string | null,"error": Json | null,"finished_at": string | null,"id": string,"kind": string,"life": number,"max_attempts": number,"priority": number,"request_payload": NonNullable<Json>,"response_payload": Json | null,"run_at": string,"started_at": string | null,"status": string,"updated_at": string,"user_id": string | null,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "attempt"?: number,"cancel_requested_at"?: string | null,"crash_count"?: number,"created_at"?: string,"enterprise_id"?: string | null,"error"?: Json | null,"finished_at"?: string | null,"id"?: string,"kind"?: string,"life"?: number,"max_attempts"?: number,"priority"?: number,"request_payload"?: NonNullable<Json>,"response_payload"?: Json | null,"run_at"?: string,"started_at"?: string | null,"status"?: string,"updated_at"?: string,"user_id"?: string | null,"version"?: number
                  }
                  Update: {
                    "attempt"?: number,"cancel_requested_at"?: string | null,"crash_count"?: number,"created_at"?: string,"enterprise_id"?: string | null,"error"?: Json | null,"finished_at"?: string | null,"id"?: string,"kind"?: string,"life"?: number,"max_attempts"?: number,"priority"?: number,"request_payload"?: NonNullable<Json>,"response_payload"?: Json | null,"run_at"?: string,"started_at"?: string | null,"status"?: string,"updated_at"?: string,"user_id"?: string | null,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_task_requests_enterprise_id_fkey"
      columns: ["enterprise_id"]
isOneToOne: false
      referencedRelation: "enterprises"
      referencedColumns: ["id"]
    }
                  ]
                },"agent_task_steps": {
                  Row: {
                    "agent": string,"attempt": number,"finished_at": string | null,"id": number,"input": Json | null,"key": string,"kind": string,"life": number,"name": string,"output": Json | null,"started_at": string,"status": string,"task_id": string,"usage": Json | null
                  }
                  ComputedFields: never
                  Insert: {
                    "agent": string,"attempt": number,"finished_at"?: string | null,"id"?: never,"input"?: Json | null,"key": string,"kind": string,"life": number,"name": string,"output"?: Json | null,"started_at": string,"status": string,"task_id": string,"usage"?: Json | null
                  }
                  Update: {
                    "agent"?: string,"attempt"?: number,"finished_at"?: string | null,"id"?: never,"input"?: Json | null,"key"?: string,"kind"?: string,"life"?: number,"name"?: string,"output"?: Json | null,"started_at"?: string,"status"?: string,"task_id"?: string,"usage"?: Json | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_task_steps_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "agent_task_requests"
      referencedColumns: ["id"]
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
                }
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            "cancel_agent_task":
{ Args: { "task_id": string }; Returns: {
              "attempt": number,
"cancel_requested_at": string | null,
"crash_count": number,
"created_at": string,
"enterprise_id": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"kind": string,
"life": number,
"max_attempts": number,
"priority": number,
"request_payload": NonNullable<Json>,
"response_payload": Json | null,
"run_at": string,
"started_at": string | null,
"status": string,
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
"retry_agent_task":
{ Args: { "task_id": string }; Returns: {
              "attempt": number,
"cancel_requested_at": string | null,
"crash_count": number,
"created_at": string,
"enterprise_id": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"kind": string,
"life": number,
"max_attempts": number,
"priority": number,
"request_payload": NonNullable<Json>,
"response_payload": Json | null,
"run_at": string,
"started_at": string | null,
"status": string,
"updated_at": string,
"user_id": string | null,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "agent_task_requests"
        isOneToOne: true
        isSetofReturn: false
      } }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        },"worker": {
          Tables: {
            "leases": {
                  Row: {
                    "expires_at": string,"id": string,"task_id": string,"worker_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "expires_at": string,"id"?: string,"task_id": string,"worker_id": string
                  }
                  Update: {
                    "expires_at"?: string,"id"?: string,"task_id"?: string,"worker_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"workers": {
                  Row: {
                    "beat_at": string,"hears": string,"host": string,"id": string,"idle": boolean,"in_flight": number,"started_at": string,"version": string
                  }
                  ComputedFields: never
                  Insert: {
                    "beat_at": string,"hears": string,"host": string,"id": string,"idle"?: boolean,"in_flight"?: number,"started_at": string,"version": string
                  }
                  Update: {
                    "beat_at"?: string,"hears"?: string,"host"?: string,"id"?: string,"idle"?: boolean,"in_flight"?: number,"started_at"?: string,"version"?: string
                  }
                  Relationships: [
                    
                  ]
                }
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            "append_deltas":
{ Args: { "p_deltas": (Json)[],"p_lease": string,"p_task": string }; Returns: string
                           },
"beat":
{ Args: { "p_hears": string,"p_host": string,"p_lease_seconds": number,"p_leases": (string)[],"p_tasks": (string)[],"p_version": string,"p_worker": string }; Returns: {
              "lease_id": string,"verdict": string
            }[]
                           },
"claim":
{ Args: { "p_kinds"?: (string)[],"p_lease_seconds": number,"p_slots": number,"p_worker": string }; Returns: {
              "attempt": number,"enterprise_id": string,"kind": string,"lease_id": string,"life": number,"max_attempts": number,"request_payload": Json,"task_id": string,"user_id": string,"waited_seconds": number
            }[]
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
"recent_tasks":
{ Args: { "p_lease": string,"p_limit": number,"p_task": string }; Returns: Json
                           },
"record_steps":
{ Args: { "p_lease": string,"p_steps": (Json)[],"p_task": string }; Returns: string
                           },
"settle":
{ Args: { "p_details": (Json)[],"p_leases": (string)[],"p_outcomes": (string)[],"p_tasks": (string)[] }; Returns: {
              "lease_id": string,"status": string
            }[]
                           },
"stats":
{ Args: Record<PropertyKey, never>; Returns: Json
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
