// The first that a browser can write; Safari knows only the last.
const FORMATS = ['audio/webm;codecs=opus', 'audio/webm', 'audio/mp4']

/** Records a stream from now on, or undefined where the browser cannot. */
export function record(stream: MediaStream) {
  const mimeType = FORMATS.find(format => globalThis.MediaRecorder?.isTypeSupported(format))
  if (!mimeType) return undefined
  const pieces: Blob[] = []
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32_000 })
  recorder.ondataavailable = ({ data }) => pieces.push(data)
  recorder.start(1_000)
  return {
    extension: mimeType.startsWith('audio/webm') ? 'webm' : 'm4a',
    /** All until now; the recording goes on. */
    async soFar(): Promise<Blob> {
      if (recorder.state === 'recording') {
        const latest = new Promise(resolve => recorder.addEventListener('dataavailable', resolve, { once: true }))
        recorder.requestData()
        await latest
      }
      return new Blob(pieces, { type: mimeType })
    },
    stop(): void {
      if (recorder.state !== 'inactive') recorder.stop()
    },
  }
}
