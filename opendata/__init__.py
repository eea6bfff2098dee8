"""OpenData Desk: feedback on data.gov.tw, answered within 7 days and approved by the CIO."""
