// Every sentence of the page, in Chinese as a Taiwanese office writes, and in English.

const ZH = {
  simulated: "模擬 Slack",
  who: "我現在是",
  channels: "頻道",
  directs: "私訊",
  home: "首頁",
  app: "應用程式",
  guest: "訪客",
  language: "English",
  language_label: "Switch to English",
  guide: "操作導覽",
  notices: "通知",
  notices_none: "還沒有通知。",
  notices_about: "通知文字即手機推播與螢幕報讀軟體讀到的內容。",
  close: "關閉",
  empty: "這裡還沒有訊息。",
  empty_more: "新案件進來時，案件卡會出現在這裡。",
  empty_dm: "機器人有事找您時，會在這裡留言。",
  home_empty: "這個人的首頁還沒有內容。",
  earlier: "顯示較早的訊息",
  only_you: "只有您看得到",
  dismiss: "關閉此訊息",
  edited: "（已編輯）",
  live: "有效的提及，會通知對方",
  details: "檢視原始資料",
  notification_text: "通知文字",
  json: "訊息的 JSON",
  composer: "傳送訊息到 {place}，或輸入 /opendata",
  send: "傳送",
  unread: "{n} 則未讀",
  optional: "（選填）",
  choose: "請選擇",
  more: "更多動作",
  cancel: "取消",
  private_channel: "私人頻道",
  image_missing: "圖片無法顯示",
  "fault.required": "請填寫這個欄位。",
  "fault.too_long": "超過字數上限。",
  "fault.too_short": "字數不足。",
  "fault.not_email": "請輸入正確的電子郵件地址。",
  "fault.not_url": "請輸入以 http:// 或 https:// 開頭的網址。",
  "fault.not_number": "請輸入數字。",
  "fault.too_small": "數字太小。",
  "fault.too_large": "數字太大。",
  "trouble.title": "連線發生問題",
  "trouble.operation_timeout": "應用程式未在 3 秒內回應（operation_timeout）。",
  "trouble.dispatch_failed": "應用程式沒有正常回應（dispatch_failed）。",
  "trouble.bad_answer": "應用程式的回應不符合 Slack 的規定。",
  "trouble.unknown_command": "沒有這個指令，請改用 /opendata help。",
  "trouble.not_found": "這個視窗已經關閉。",
  "trouble.message_not_found": "這則訊息已不存在。",
  "trouble.element_not_found": "這則訊息已更新，請再試一次。",
  "trouble.offline": "連不上本機服務，恢復後會自動更新。",
  "guide.title": "這裡模擬 Slack",
  "guide.lead": "從收案到公開回復，用五個步驟走一遍。左上角可以隨時切換身分。",
  "guide.1": "認領",
  "guide.1.text": "以承辦人身分進入頻道，在案件卡按「認領」。",
  "guide.2": "擬稿並陳核",
  "guide.2.text": "按「擬具回復」填寫內容，預覽無誤後按「送陳核」。",
  "guide.3": "核稿",
  "guide.3.text": "切換為單位主管，到私訊按「核稿通過」，或退回修正。",
  "guide.4": "核准",
  "guide.4.text": "切換為資訊長，到私訊看完全文後按「核准」。",
  "guide.5": "發布並查看辦理情形",
  "guide.5.text": "切換回承辦人，按「已於平臺回復」；再輸入 /opendata status。",
  "guide.foot": "資料都在這臺電腦上，沒有連到真正的 Slack。",
  "guide.start": "開始操作",
};

const EN = {
  simulated: "Simulated",
  who: "I am",
  channels: "Channels",
  directs: "Direct messages",
  home: "Home",
  app: "App",
  guest: "guest",
  language: "中文",
  language_label: "切換為中文",
  guide: "Guide",
  notices: "Notifications",
  notices_none: "No notifications yet.",
  notices_about: "What a phone shows and a screen reader says for each message.",
  close: "Close",
  empty: "No messages here yet.",
  empty_more: "When a case comes in, its card appears here.",
  empty_dm: "When the app needs you, it writes to you here.",
  home_empty: "Nothing has been published to this Home yet.",
  earlier: "Show earlier messages",
  only_you: "Only visible to you",
  dismiss: "Dismiss message",
  edited: "(edited)",
  live: "A live mention: it notifies somebody",
  details: "View source",
  notification_text: "Notification text",
  json: "Message JSON",
  composer: "Message {place}, or type /opendata",
  send: "Send",
  unread: "{n} unread",
  optional: " (optional)",
  choose: "Choose an option",
  more: "More actions",
  cancel: "Cancel",
  private_channel: "private channel",
  image_missing: "The image cannot be shown",
  "fault.required": "Please complete this required field.",
  "fault.too_long": "This is too long.",
  "fault.too_short": "This is too short.",
  "fault.not_email": "Enter a valid e-mail address.",
  "fault.not_url": "Enter an address that begins with http:// or https://.",
  "fault.not_number": "Enter a number.",
  "fault.too_small": "The number is too small.",
  "fault.too_large": "The number is too large.",
  "trouble.title": "We had some trouble connecting",
  "trouble.operation_timeout": "The app did not answer within 3 seconds (operation_timeout).",
  "trouble.dispatch_failed": "The app did not answer properly (dispatch_failed).",
  "trouble.bad_answer": "The app answered what Slack does not accept.",
  "trouble.unknown_command": "There is no such command. Try /opendata help.",
  "trouble.not_found": "This view is closed already.",
  "trouble.message_not_found": "This message is gone.",
  "trouble.element_not_found": "This message has changed. Please try again.",
  "trouble.offline": "The local server does not answer. The page updates itself when it is back.",
  "guide.title": "This page plays Slack",
  "guide.lead": "From a citizen's opinion to the public reply in five steps. Switch persons at the top left.",
  "guide.1": "Claim",
  "guide.1.text": "As the officer, open the channel and press Claim (認領) on a case card.",
  "guide.2": "Draft and submit",
  "guide.2.text": "Press Draft reply (擬具回復), fill it in, preview it, and submit it.",
  "guide.3": "Review",
  "guide.3.text": "Become the section head and pass it (核稿通過) in the direct messages, or return it.",
  "guide.4": "Approve",
  "guide.4.text": "Become the CIO, read the whole reply, and approve it (核准).",
  "guide.5": "Publish and look at the status",
  "guide.5.text": "Become the officer again and press 已於平臺回復; then type /opendata status.",
  "guide.foot": "Everything stays on this computer; nothing reaches the real Slack.",
  "guide.start": "Get started",
};

let language = localStorage.getItem("desk.language") === "en" ? "en" : "zh";

export const isChinese = () => language === "zh";

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("desk.language", language);
}

export function say(code, parameters = {}) {
  const sentence = (language === "zh" ? ZH : EN)[code] ?? code;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => parameters[name] ?? "");
}

export const knows = (code) => code in ZH;

const tag = () => (language === "zh" ? "zh-TW" : "en-GB");

export function clock(moment, timeZone) {
  return new Intl.DateTimeFormat(tag(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(moment);
}

export function day(moment, timeZone) {
  return new Intl.DateTimeFormat(tag(), { dateStyle: "full", timeZone }).format(moment);
}
