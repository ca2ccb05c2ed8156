import type { Page } from 'playwright-core'

/**
 * Stands in for the provider's side of WebRTC: takes the page's offer with a second connection in the same page, and leads
 * its data channel to the demo model's socket; what the model says comes as a tone. The key decides as at the socket.
 */
export async function answerByWebRtc(page: Page, socket: string): Promise<void> {
  const headers = {
    'access-control-allow-origin': '*',
    'access-control-allow-headers': '*',
    'access-control-expose-headers': 'location',
  }
  await page.route('https://api.openai.com/v1/realtime/calls', async route => {
    const request = route.request()
    if (request.method() === 'OPTIONS') return route.fulfill({ status: 204, headers })
    const key = request.headers().authorization?.replace('Bearer ', '') ?? ''
    const body = await page.evaluate(answer, { offer: request.postData() ?? '', socket, key })
    return route.fulfill({ status: 201, headers: { ...headers, location: '/v1/realtime/calls/rtc_1' }, body })
  })
}

/** The loudest of what the provider hears now. */
export function loudnessAt(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as { loudness: () => number }).loudness())
}

// Runs in the page.
async function answer({ offer, socket, key }: { offer: string; socket: string; key: string }): Promise<string> {
  const peer = new RTCPeerConnection()
  const context = new AudioContext()
  const tone = context.createOscillator()
  const speech = context.createMediaStreamDestination()
  tone.connect(speech)
  tone.start()
  for (const track of speech.stream.getTracks()) peer.addTrack(track, speech.stream)
  peer.ontrack = ({ track }) => {
    const stream = new MediaStream([track])
    const [element, ear] = [new Audio(), context.createAnalyser()]
    Object.assign(element, { muted: true, srcObject: stream })
    void element.play()
    context.createMediaStreamSource(stream).connect(ear)
    const samples = new Float32Array(ear.fftSize)
    Object.assign(window, {
      loudness: () => {
        ear.getFloatTimeDomainData(samples)
        return Math.max(...samples.map(Math.abs))
      },
    })
  }
  peer.ondatachannel = ({ channel }) => {
    const model = new WebSocket(socket, ['realtime', `openai-insecure-api-key.${key}`])
    const early: string[] = []
    channel.onmessage = ({ data }) => (model.readyState === 1 ? model.send(data) : early.push(data))
    model.onopen = () => {
      for (const event of early) model.send(event)
    }
    // Sound has a way of its own here.
    model.onmessage = ({ data }) => JSON.parse(data).type !== 'response.output_audio.delta' && channel.send(data)
    model.onclose = () => channel.close()
  }
  await peer.setRemoteDescription({ type: 'offer', sdp: offer })
  await peer.setLocalDescription(await peer.createAnswer())
  await new Promise<void>(resolve => {
    peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && resolve()
    if (peer.iceGatheringState === 'complete') resolve()
  })
  return peer.localDescription?.sdp ?? ''
}
