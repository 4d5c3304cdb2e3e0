/** An attacker, as a process of its own: told `{ attack, port }` it starts, told `{}` it stops. It says when it has. */
import { attacks } from "./attacks.ts"

let stop: () => void = () => undefined

process.on("message", ({ attack, port }: { readonly attack?: number; readonly port?: number }) => {
  stop()
  stop = () => undefined
  if (attack === undefined || port === undefined) return void process.send!("stopped")
  void attacks[attack]!.start(port).then((ready) => {
    stop = ready
    return process.send!("started")
  })
})
process.on("disconnect", () => process.exit(0))
