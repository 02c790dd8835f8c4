/** Draws all points with WebGL: one draw call, which also carries them from one view to the next. */
import { rgb } from '../images/palette'

const VERTEX = `#version 300 es
in vec3 before;
in vec3 after;
in vec4 colour;
in float shape;
uniform mat4 camera;
uniform float moved;
uniform float size;
uniform vec3 paper;
uniform vec3 ink;
out vec4 tint;
out vec3 rim;
flat out int form;
float light(vec3 c) {
  vec3 linear = mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
  return dot(linear, vec3(0.2126, 0.7152, 0.0722)) + 0.05;
}
// To the ground, as it is seen: points let a little of it through.
float contrast(vec3 c) {
  float ratio = light(mix(paper, c, 0.85)) / light(paper);
  return max(ratio, 1.0 / ratio);
}
void main() {
  vec4 place = camera * vec4(mix(before, after, moved), 1.0);
  gl_Position = colour.a == 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : place;
  gl_PointSize = clamp(size / place.w, 1.0, 64.0) * (shape == 0.0 ? 1.0 : 1.25);
  tint = colour;
  rim = colour.rgb;
  // As little ink as a rim needs to be seen, so that a scale keeps its colours.
  if (contrast(rim) < 3.0) {
    for (int i = 1; i <= 6 && contrast(rim) < 4.5; i++) rim = mix(colour.rgb, ink, 0.1 * float(i));
  }
  form = int(shape);
}`

const FRAGMENT = `#version 300 es
precision highp float;
in vec4 tint;
in vec3 rim;
flat in int form;
uniform float size;
out vec4 pixel;
void main() {
  vec2 at = 2.0 * gl_PointCoord - 1.0;
  float edge = 2.5 / max(size, 2.5);
  if (form == 0 || form == 5) {
    float inside = 1.0 - length(at);
    float alpha = tint.a * clamp(inside / edge, 0.0, 1.0);
    if (form == 5) alpha *= clamp((3.0 * edge - inside) / edge, 0.0, 1.0);
    pixel = vec4(mix(rim, tint.rgb, clamp(inside / edge - 1.0, 0.0, 1.0)) * alpha, alpha);
    return;
  }
  vec2 far = abs(at);
  float outside = form == 1 ? max(far.x, far.y) - 0.8
    : form == 2 ? max(far.x * 0.87 - at.y * 0.5, at.y) * 1.6 - 0.8
    : form == 3 ? far.x + far.y - 1.0
    : max(min(far.x, far.y) - 0.33, max(far.x, far.y) - 1.0);
  float alpha = tint.a * clamp(-outside / edge, 0.0, 1.0);
  if (alpha < 0.02) discard;
  pixel = vec4(mix(rim, tint.rgb, clamp(-outside / edge - 1.0, 0.0, 1.0)) * alpha, alpha);
}`

export class PointsLayer {
  private readonly gl: WebGL2RenderingContext
  private readonly program: WebGLProgram
  private readonly buffers: Record<'before' | 'after' | 'colour' | 'shape', WebGLBuffer>
  private readonly uniforms: Record<
    'camera' | 'moved' | 'size' | 'paper' | 'ink',
    WebGLUniformLocation | null
  >
  private count = 0

  /** Throws a sentence where the browser has no WebGL 2. */
  constructor(readonly canvas: HTMLCanvasElement) {
    const gl = canvas.getContext('webgl2', {
      antialias: false,
      alpha: true,
      premultipliedAlpha: true,
    })
    if (!gl) {
      throw new Error(
        'This browser shows no WebGL 2, which the points need; switch on hardware acceleration ' +
          'or try another browser. The map, sliders, drawing and sampling work all the same.',
      )
    }
    this.gl = gl
    this.program = linked(gl)
    this.buffers = {
      before: this.attribute('before', 3, gl.FLOAT),
      after: this.attribute('after', 3, gl.FLOAT),
      colour: this.attribute('colour', 4, gl.UNSIGNED_BYTE),
      shape: this.attribute('shape', 1, gl.FLOAT),
    }
    const uniform = (name: string) => gl.getUniformLocation(this.program, name)
    this.uniforms = {
      camera: uniform('camera'),
      moved: uniform('moved'),
      size: uniform('size'),
      paper: uniform('paper'),
      ink: uniform('ink'),
    }
  }

  setPositions(before: Float32Array, after: Float32Array): void {
    this.count = after.length / 3
    this.fill('before', before)
    this.fill('after', after)
  }

  /** (N × 4) red, green, blue and alpha; alpha 0 hides a point. */
  setColours(colours: Uint8Array): void {
    this.fill('colour', colours)
  }

  setShapes(shapes: Float32Array): void {
    this.fill('shape', shapes)
  }

  /** What points lie on, and what outlines those of too little contrast to it. */
  setGround(paper: string, ink: string): void {
    const { gl } = this
    gl.useProgram(this.program)
    for (const [name, colour] of [
      ['paper', paper],
      ['ink', ink],
    ] as const) {
      const [r, g, b] = rgb(colour)
      gl.uniform3f(this.uniforms[name], r / 255, g / 255, b / 255)
    }
  }

  /**
   * @param size diameter in device pixels
   * @param moved 0 before, 1 after
   * @param solid whether nearer points hide others
   * @param most how many points are drawn, the first ones
   */
  draw(camera: Float32Array, size: number, moved: number, solid: boolean, most: number): void {
    const { gl } = this
    gl.viewport(0, 0, this.canvas.width, this.canvas.height)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT)
    if (solid) gl.enable(gl.DEPTH_TEST)
    else gl.disable(gl.DEPTH_TEST)
    gl.useProgram(this.program)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    gl.uniformMatrix4fv(this.uniforms.camera, false, camera)
    gl.uniform1f(this.uniforms.moved, moved)
    gl.uniform1f(this.uniforms.size, size)
    gl.drawArrays(gl.POINTS, 0, Math.min(most, this.count))
  }

  /** Gives back what it holds of the graphics processor. */
  close(): void {
    this.gl.getExtension('WEBGL_lose_context')?.loseContext()
  }

  private attribute(name: string, width: number, type: number): WebGLBuffer {
    const { gl } = this
    const buffer = gl.createBuffer()
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
    const location = gl.getAttribLocation(this.program, name)
    gl.enableVertexAttribArray(location)
    gl.vertexAttribPointer(location, width, type, name === 'colour', 0, 0)
    return buffer
  }

  private fill(name: keyof PointsLayer['buffers'], values: Float32Array | Uint8Array): void {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.buffers[name])
    this.gl.bufferData(this.gl.ARRAY_BUFFER, values, this.gl.STATIC_DRAW)
  }
}

function linked(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram()
  for (const [type, text] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type) as WebGLShader
    gl.shaderSource(shader, text)
    gl.compileShader(shader)
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) {
      throw new Error(`The graphics driver refuses the points (${gl.getShaderInfoLog(shader)}).`)
    }
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(`The graphics driver refuses the points (${gl.getProgramInfoLog(program)}).`)
  }
  return program
}
