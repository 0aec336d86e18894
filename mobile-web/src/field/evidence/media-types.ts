// What a chosen file is, by its ending: browsers and phones disagree about the names of WPS's formats.

const DOCUMENTS: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  doc: "application/msword",
  // WPS's own formats are those of the older Word and Excel.
  wps: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xls: "application/vnd.ms-excel",
  et: "application/vnd.ms-excel",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/** What a file dialog offers. */
export const DOCUMENT_ENDINGS = Object.keys(DOCUMENTS).map((ending) => `.${ending}`).join(",");

/** A photo to be shrunk, a document by its media type, or nothing that can be kept. */
export function kindOf(file: File): "photo" | { document: string } | null {
  const ending = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? "";
  const document = DOCUMENTS[ending];
  if (document) return { document };
  // A photo straight from some cameras has no type.
  return file.type.startsWith("image/") || /^(jpe?g|png|webp|heic|heif|gif|bmp)$/.test(ending) ? "photo" : null;
}

/** Whether evidence can be looked at as a picture. */
export const isPicture = (media_type: string): boolean => media_type.startsWith("image/");
