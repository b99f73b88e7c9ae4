// A program of somebody else's: what it may call and what it gets is known from the description alone.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Card = components["schemas"]["Card"];

export async function cardOf(baseUrl: string, token: string): Promise<Card> {
  const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
  const { data, error } = await client.GET("/api/v1/me/card");
  if (error) throw new Error(`${error.status} ${error.title}`);
  return data;
}

export async function monthsOf(baseUrl: string, token: string, kind: string): Promise<number[]> {
  const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
  const { data } = await client.GET("/api/v1/me/contributions", { params: { query: { kind } } });
  return (data?.results ?? []).map((period) => period.salary);
}

export function daysLeft(card: Card): number | null {
  if (card.status === "none" || card.valid_to === null) return null;
  return (Date.parse(card.valid_to) - Date.now()) / 86_400_000;
}

// @ts-expect-error there is no such address
export const wrongAddress = (client: ReturnType<typeof createClient<paths>>) => client.GET("/api/v1/nobody");
// @ts-expect-error the salary is a number of đồng
export const wrongType = (period: components["schemas"]["Period"]): string => period.salary;
