/** Why there is no microphone, in words for whoever wanted to talk. */
export class MicrophoneError extends Error {
  override name = 'MicrophoneError'
}

/** Opens the microphone, for which the browser may ask. @throws MicrophoneError */
export async function openMicrophone(): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new MicrophoneError(insecure)
  try {
    const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true }
    return await navigator.mediaDevices.getUserMedia({ audio })
  } catch (cause) {
    throw new MicrophoneError(words[nameOf(cause)] ?? 'The microphone cannot be opened. You can still write.', {
      cause,
    })
  }
}

const insecure = 'A browser opens the microphone only for pages that come over https. You can still write.'

const words: Record<string, string> = {
  NotAllowedError: 'This page may not use the microphone. Allow it in the address bar to talk; you can still write.',
  NotFoundError: 'No microphone was found. Plug one in to talk; you can still write.',
  NotReadableError: 'Another program holds the microphone. Close it there to talk; you can still write.',
}

function nameOf(cause: unknown): string {
  return cause instanceof DOMException ? cause.name : ''
}
