import { enhanceTelLinks } from "quickcall/element";

enhanceTelLinks(document, { handler: "https://edge.example.com/call", endpoint: "sales" });
