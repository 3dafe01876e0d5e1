export default function Page() {
  return <div class='page'><h1>checkout</h1></div>;
}
