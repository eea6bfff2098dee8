// The words of /opendata that the composer offers, in both languages.

export const COMMAND = "/opendata";

export const WORDS = [
  { name: "status", zh: "狀態", en: "status" },
  { name: "list", zh: "清單", en: "list" },
  { name: "show", zh: "案件", en: "show" },
  { name: "due", zh: "期限", en: "due" },
  { name: "calendar", zh: "日曆", en: "calendar" },
  { name: "import", zh: "匯入", en: "import" },
  { name: "help", zh: "說明", en: "help" },
];
