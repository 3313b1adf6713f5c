// Where the reader is, as the browser tells it; it leaves the browser only as a part of the map.

const LONGEST_MS = 15_000;
const FRESH_MS = 60_000;

export type Refusal = "refused" | "unknown";

export async function locate(): Promise<{ lat: number; lon: number } | Refusal> {
  if (!("geolocation" in navigator)) return "unknown";
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude }),
      (error) => resolve(error.code === error.PERMISSION_DENIED ? "refused" : "unknown"),
      { timeout: LONGEST_MS, maximumAge: FRESH_MS },
    );
  });
}
