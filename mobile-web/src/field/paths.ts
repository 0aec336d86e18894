// The addresses of the field app's screens.

export const paths = {
  today: "/",
  cooperatives: "/cooperatives",
  newCooperative: "/cooperatives/new",
  cooperative: (id: string) => `/cooperatives/${id}`,
  join: (cooperative: string, code?: string) => `/cooperatives/${cooperative}/join${code ? `?code=${code}` : ""}`,
  scan: (cooperative?: string) => `/cooperatives/scan${cooperative ? `?cooperative=${cooperative}` : ""}`,
  records: "/records",
  me: "/me",
  visit: (visit: string) => `/visits/${visit}`,
  section: (visit: string, section: string) => `/visits/${visit}/sections/${section}`,
  item: (visit: string, section: string, item: string) => `/visits/${visit}/sections/${section}#${item}`,
  conflicts: (visit: string) => `/visits/${visit}/conflicts`,
  finding: (visit: string, item?: string) =>
    `/visits/${visit}/findings/new${item ? `?item=${encodeURIComponent(item)}` : ""}`,
} as const;
