export default function Page() {
  return <div class='page'><h1>wishlist</h1></div>;
}
