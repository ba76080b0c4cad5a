import "quickcall/element";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

function Contact() {
  const [number, setNumber] = useState("+14155550100");
  const [callId, setCallId] = useState("");
  return (
    <>
      <label>
        Number <input value={number} onChange={(event) => setNumber(event.target.value)} />
      </label>
      <quickcall-button
        handler="https://edge.example.com/call"
        endpoint="sales"
        number={number}
        onquickcall-placed={(event) => setCallId(event.detail.callIds[0])}
      >
        Call us
      </quickcall-button>
      <output>{callId}</output>
    </>
  );
}

createRoot(document.getElementById("app")).render(
  <StrictMode>
    <Contact />
  </StrictMode>,
);
