"""The journal's tools: Markdown pages in two languages, run, drawn, checked and built."""
